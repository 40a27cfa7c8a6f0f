using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>Products of bfloat16 weights and inputs by the processor's dot product of pairs.</summary>
internal static unsafe class Bf16DotProduct
{
    // A stretch of rows whose pairs stay in the second-level cache while panel after panel passes.
    private const long CachedBytes = 384 << 10;

    /// <summary>Rows against panels [firstPanel, firstPanel + panels), on this thread.</summary>
    /// <param name="call">The product.</param>
    /// <param name="pairs">The pairs of its first row.</param>
    /// <param name="pairStride">Bytes from row to row of pairs.</param>
    /// <param name="range">Which part.</param>
    /// <param name="tiles">The emitted tiles.</param>
    public static void Run(in GemmCall call, byte* pairs, long pairStride, in GemmRange range, EmittedTiles tiles)
    {
        var stretch = (int)Math.Max(1, CachedBytes / pairStride / Bf16DotCode.MaxRows) * Bf16DotCode.MaxRows;
        var full = Math.Min(range.FirstPanel + range.Panels, call.Weights.Outputs / PackedMatrix.PanelRows);
        for (var row = range.FirstRow; row < range.FirstRow + range.Rows; row += stretch)
        {
            var rows = Math.Min(stretch, range.FirstRow + range.Rows - row);
            var wide = Bf16DotCode.Panels(TileRows.Next(rows, Bf16DotCode.MaxRows));
            for (var panel = range.FirstPanel; panel < range.FirstPanel + range.Panels;)
            {
                var panels = wide;
                while (panels > 1 && panel + panels > full)
                    panels /= 2;
                if (panel < full)
                    Panels(call, pairs, pairStride, new GemmRange(panel, panels, row, rows), tiles);
                else
                    Plain(call, new GemmRange(panel, 1, row, rows));
                panel += panels;
            }
        }
    }

    private static void Panels(in GemmCall call, byte* pairs, long pairStride, GemmRange range, EmittedTiles tiles)
    {
        var record = new Bf16DotRecord
        {
            WeightsAt = call.Weights.Pointer + range.FirstPanel * call.Weights.PanelBytes,
            PairsAt = pairs + range.FirstRow * pairStride,
            BytesPerRow = pairStride,
            YAt = call.Y.Pointer + (long)range.FirstRow * call.Y.Stride + range.FirstPanel * PackedMatrix.PanelRows,
            BytesPerResult = (long)call.Y.Stride * sizeof(float),
            PairCount = (call.Weights.Inputs + 1) / 2,
            BytesPerPanel = call.Weights.PanelBytes,
        };
        for (var prefetch = true; range.Rows > 0; prefetch = false)
        {
            var now = TileRows.Next(range.Rows, Bf16DotCode.MaxRows);
            if (tiles.Bf16(now, range.Panels, call.Mode, prefetch) is { } tile)
                tile.Call(&record);
            else
                Plain(call, range with { Rows = now });
            record.PairsAt += now * record.BytesPerRow;
            record.YAt += (long)now * call.Y.Stride;
            range = range with { FirstRow = range.FirstRow + now, Rows = range.Rows - now };
        }
    }

    // The last panel when it is not full, or where the host has no pages for code: the same chain in C#.
    private static void Plain(in GemmCall call, in GemmRange range) => FloatProduct.Run<Bf16DotPanels>(
        call, range.FirstPanel, range.Panels, call.X.Pointer + (long)range.FirstRow * call.X.Stride,
        call.Y.Pointer + (long)range.FirstRow * call.Y.Stride, range.Rows);
}
