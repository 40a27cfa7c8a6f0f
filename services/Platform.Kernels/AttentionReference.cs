namespace Platform.Kernels;

/// <summary>The plain form of <see cref="PagedAttention"/>: one row and head after the other, scalar. Its oracle, bit for bit.</summary>
public static class AttentionReference
{
    /// <summary>One query head's attention to positions 0 .. lastPosition.</summary>
    /// <param name="memory">The pages.</param>
    /// <param name="layout">How they lie.</param>
    /// <param name="pages">The sequence's pages.</param>
    /// <param name="layer">Attention layer.</param>
    /// <param name="kvHead">kv head.</param>
    /// <param name="lastPosition">The row's own position.</param>
    /// <param name="query">[D].</param>
    /// <param name="scale">D^−½.</param>
    /// <param name="output">[D].</param>
    public static void Row(
        NativeBuffer memory, KvLayout layout, IReadOnlyList<int> pages, int layer, int kvHead, int lastPosition,
        ReadOnlySpan<float> query, float scale, Span<float> output)
    {
        var total = new Share(layout.HeadDim);
        for (var start = 0; start <= lastPosition; start += SpanAttention.SpanPositions)
        {
            var end = Math.Min(start + SpanAttention.SpanPositions, lastPosition + 1);
            total.Fold(Span(memory, layout, pages, layer, kvHead, start, end, query, scale));
        }

        var inverse = 1f / total.Sum;
        for (var d = 0; d < output.Length; d++)
            output[d] = total.Values[d] * inverse;
    }

    private static Share Span(
        NativeBuffer memory, KvLayout layout, IReadOnlyList<int> pages, int layer, int kvHead, int start, int end,
        ReadOnlySpan<float> query, float scale)
    {
        if (layout.Storage == KvStorage.Int8)
            return Int8Span(memory, layout, pages, layer, kvHead, start, end, query, scale);
        var share = new Share(layout.HeadDim);
        var key = new float[layout.HeadDim];
        var value = new float[layout.HeadDim];
        var weights = new float[end - start];
        for (var position = start; position < end; position++)
        {
            KvPages.Read(memory, layout, pages[position / 64], layer, kvHead, position % 64, key, value);
            var score = 0f;
            for (var d = 0; d < key.Length; d++)
                score = MathF.FusedMultiplyAdd(key[d], query[d], score);
            weights[position - start] = score * scale;
            share.Max = MathF.Max(share.Max, weights[position - start]);
        }

        share.Sum = NormsReference.ExpAndSum(weights, share.Max);
        for (var position = start; position < end; position++)
        {
            KvPages.Read(memory, layout, pages[position / 64], layer, kvHead, position % 64, key, value);
            for (var d = 0; d < value.Length; d++)
                share.Values[d] = MathF.FusedMultiplyAdd(value[d], weights[position - start], share.Values[d]);
        }

        return share;
    }

    private static Share Int8Span(
        NativeBuffer memory, KvLayout layout, IReadOnlyList<int> pages, int layer, int kvHead, int start, int end,
        ReadOnlySpan<float> query, float scale)
    {
        var share = new Share(layout.HeadDim);
        var count = end - start;
        var codes = new sbyte[count][];
        var valueScales = new float[count];
        var weights = new float[count];
        var queryScale = Int8Codes.Scale(query, Int8Codes.RowMax, out var inverse) * scale;
        for (var i = 0; i < count; i++)
        {
            var key = new sbyte[layout.HeadDim];
            codes[i] = new sbyte[layout.HeadDim];
            var position = start + i;
            (var keyScale, valueScales[i]) = KvPages.ReadCodes(memory, layout, pages[position / 64], layer, kvHead, position % 64, key, codes[i]);
            var sum = 0;
            for (var d = 0; d < key.Length; d++)
                sum += Int8Codes.Code(query[d], inverse) * key[d];
            weights[i] = sum * (keyScale * queryScale);
            share.Max = MathF.Max(share.Max, weights[i]);
        }

        share.Sum = NormsReference.ExpAndSum(weights, share.Max);
        for (var page = 0; page < count; page += KvLayout.PagePositions)
        {
            var positions = Math.Min(KvLayout.PagePositions, count - page);
            var scaled = new float[positions];
            for (var i = 0; i < positions; i++)
                scaled[i] = weights[page + i] * valueScales[page + i];
            var factor = Int8Codes.Scale(scaled, Int8Codes.RowMax, out var inverseOfPage);
            for (var d = 0; d < layout.HeadDim; d++)
            {
                var sum = 0;
                for (var i = 0; i < positions; i++)
                    sum += Int8Codes.Code(scaled[i], inverseOfPage) * codes[page + i][d];
                share.Values[d] = MathF.FusedMultiplyAdd(sum, factor, share.Values[d]);
            }
        }

        return share;
    }

    private sealed class Share(int headDim)
    {
        public float Max { get; set; } = float.NegativeInfinity;

        public float Sum { get; set; }

        public float[] Values { get; private set; } = new float[headDim];

        public void Fold(Share next)
        {
            if (Sum == 0)
            {
                (Max, Sum, Values) = (next.Max, next.Sum, next.Values);
                return;
            }

            var max = MathF.Max(Max, next.Max);
            var oldScale = ElementaryFunctions.Exp(Max - max);
            var newScale = ElementaryFunctions.Exp(next.Max - max);
            Max = max;
            Sum = MathF.FusedMultiplyAdd(Sum, oldScale, next.Sum * newScale);
            for (var d = 0; d < Values.Length; d++)
                Values[d] = MathF.FusedMultiplyAdd(Values[d], oldScale, next.Values[d] * newScale);
        }
    }
}
