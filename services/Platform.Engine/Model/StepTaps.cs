using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Hands intermediate values to the observers of the segments they belong to.</summary>
internal static class StepTaps
{
    public static void Embeddings(StepContext step, FloatRows rows)
    {
        for (var i = 0; i < step.SegmentCount; i++)
            step.Segment(i).Tap?.Embeddings(step.Segment(i).TokenCount, RowsOf(step, i, rows).AsSpan());
    }

    public static void Hidden(StepContext step, int layer, FloatRows rows)
    {
        for (var i = 0; i < step.SegmentCount; i++)
            step.Segment(i).Tap?.Hidden(layer, step.Segment(i).TokenCount, RowsOf(step, i, rows).AsSpan());
    }

    public static void FinalNorm(StepContext step, StepOutput output)
    {
        for (var i = 0; i < step.SegmentCount; i++)
        {
            var rows = output.SegmentHidden(i);
            step.Segment(i).Tap?.FinalNorm(rows.Count, rows.AsSpan());
        }
    }

    public static void Router(StepContext step, int layer, FloatRows logits, int[] experts, float[] weights)
    {
        var perRow = experts.Length / step.MaxRows;
        for (var i = 0; i < step.SegmentCount; i++)
        {
            if (step.Segment(i).Tap is not { } tap)
                continue;
            var first = step.FirstRow(i);
            var count = step.Segment(i).TokenCount;
            var plain = new float[count * logits.Width];
            for (var row = 0; row < count; row++)
                logits[first + row].CopyTo(plain.AsSpan(row * logits.Width));
            tap.Router(layer, count, plain, experts.AsSpan(first * perRow, count * perRow), weights.AsSpan(first * perRow, count * perRow));
        }
    }

    private static FloatRows RowsOf(StepContext step, int segment, FloatRows rows) =>
        rows.Rows(step.FirstRow(segment), step.Segment(segment).TokenCount);
}
