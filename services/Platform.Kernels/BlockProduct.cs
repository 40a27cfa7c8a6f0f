using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>Products with INT8 and INT4 weights.</summary>
internal static unsafe class BlockProduct
{
    // A stretch of rows whose codes stay in the second-level cache while panel after panel passes.
    private const long CachedBytes = 384 << 10;
    private const int NibbleMask = 0x0F0F0F0F;

    /// <summary>Rows against panels [firstPanel, firstPanel + panels), on this thread.</summary>
    /// <param name="call">The product.</param>
    /// <param name="codes">The codes of its first row.</param>
    /// <param name="codeStride">Bytes from row to row of codes.</param>
    /// <param name="range">Which part.</param>
    /// <param name="tiles">The emitted tiles, or null for the plain ones.</param>
    public static void Run(in GemmCall call, byte* codes, long codeStride, in GemmRange range, EmittedTiles? tiles)
    {
        var stretch = (int)Math.Max(1, CachedBytes / codeStride / BlockTileCode.MaxRows) * BlockTileCode.MaxRows;
        for (var row = range.FirstRow; row < range.FirstRow + range.Rows; row += stretch)
        {
            var rows = Math.Min(stretch, range.FirstRow + range.Rows - row);
            for (var panel = range.FirstPanel; panel < range.FirstPanel + range.Panels; panel++)
            {
                var record = new BlockRecord
                {
                    Operands = new BlockOperands
                    {
                        Weights = call.Weights.Pointer + panel * call.Weights.PanelBytes,
                        Codes = codes + row * codeStride,
                        CodeStride = codeStride,
                        Y = call.Y.Pointer + (long)row * call.Y.Stride + panel * PackedMatrix.PanelRows,
                        YStride = (long)call.Y.Stride * sizeof(float),
                        Blocks = BlockLayout.Blocks(call.Weights.Inputs),
                    },
                    Mask = NibbleMask,
                };
                var columns = Math.Min(PackedMatrix.PanelRows, call.Weights.Outputs - panel * PackedMatrix.PanelRows);
                if (columns == PackedMatrix.PanelRows)
                    Panel(record, rows, call, tiles);
                else
                    Edge(record, rows, columns, call, tiles);
            }
        }
    }

    private static void Panel(BlockRecord record, int rows, in GemmCall call, EmittedTiles? tiles)
    {
        for (var prefetch = true; rows > 0; prefetch = false)
        {
            var now = TileRows.Next(rows, BlockTileCode.MaxRows);
            if (tiles?.Block(now, call.Weights.Storage, call.Mode, prefetch) is { } tile)
                tile.Call(&record);
            else
                BlockTile.Run(record.Operands, now, call.Weights.Storage == PanelStorage.INT8, call.Mode);
            record.Operands.Codes += now * record.Operands.CodeStride;
            record.Operands.Y = (float*)((byte*)record.Operands.Y + now * record.Operands.YStride);
            rows -= now;
        }
    }

    // The last panel is not full: compute all of it beside and copy the outputs that exist.
    private static void Edge(BlockRecord record, int rows, int columns, in GemmCall call, EmittedTiles? tiles)
    {
        var beside = stackalloc float[PackedMatrix.PanelRows];
        var y = record.Operands.Y;
        record.Operands.Y = beside;
        var stored = call with { Mode = GemmMode.Store };
        for (var row = 0; row < rows; row++)
        {
            Panel(record, 1, stored, tiles);
            GemmEdge.CopyOrAdd(new ReadOnlySpan<float>(beside, columns), new Span<float>(y, columns), call.Mode);
            record.Operands.Codes += record.Operands.CodeStride;
            y = (float*)((byte*)y + record.Operands.YStride);
        }
    }
}
