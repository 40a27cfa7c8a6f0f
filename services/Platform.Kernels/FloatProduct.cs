namespace Platform.Kernels;

/// <summary>Products whose weights are widened to float32 in the registers.</summary>
internal static unsafe class FloatProduct
{
    private const int PanelsPerTile = PanelTile.Columns / PackedMatrix.PanelRows;

    /// <summary>Rows of x against panels [firstPanel, firstPanel + panels), on this thread.</summary>
    public static void Run<TFormat>(in GemmCall call, int firstPanel, int panels, float* x, float* y, int rows)
        where TFormat : struct, IPanelFormat
    {
        var weights = call.Weights;
        var end = firstPanel + panels;
        var fullPanels = Math.Min(end, weights.Outputs / PackedMatrix.PanelRows);
        var panel = firstPanel;
        if (rows == 1)
        {
            for (; panel + PanelVector.Panels <= fullPanels; panel += PanelVector.Panels)
            {
                PanelVector.Run<TFormat>(
                    weights.Pointer + panel * weights.PanelBytes, weights.PanelBytes, x, weights.Inputs,
                    y + panel * PackedMatrix.PanelRows, call.Mode);
            }
        }

        for (; panel + PanelsPerTile <= fullPanels; panel += PanelsPerTile)
        {
            var tile = TileOf<TFormat>(call, panel, end);
            PanelTile.Run<TFormat>(tile, x, y + panel * PackedMatrix.PanelRows, rows);
        }

        for (; panel < end; panel += PanelsPerTile)
            Edge<TFormat>(call, panel, end, x, y + panel * PackedMatrix.PanelRows, rows);
    }

    // The last panels do not fill a tile: compute a whole one beside, with the last panel repeated, and copy the outputs that exist.
    private static void Edge<TFormat>(in GemmCall call, int panel, int end, float* x, float* y, int rows)
        where TFormat : struct, IPanelFormat
    {
        var columns = Math.Min(Math.Min(end - panel, PanelsPerTile) * PackedMatrix.PanelRows, call.Weights.Outputs - panel * PackedMatrix.PanelRows);
        var tile = TileOf<TFormat>(call, panel, end);
        tile.Mode = TileMode.Store;
        tile.YStride = PanelTile.Columns;
        var beside = stackalloc float[PanelTile.MaxRows * PanelTile.Columns];
        for (var row = 0; row < rows; row += PanelTile.MaxRows)
        {
            var now = Math.Min(PanelTile.MaxRows, rows - row);
            PanelTile.Run<TFormat>(tile, x + row * tile.XStride, beside, now);
            for (var r = 0; r < now; r++)
            {
                var source = new ReadOnlySpan<float>(beside + r * PanelTile.Columns, columns);
                var target = new Span<float>(y + (long)(row + r) * call.Y.Stride, columns);
                GemmEdge.CopyOrAdd(source, target, call.Mode);
            }
        }
    }

    private static Tile TileOf<TFormat>(in GemmCall call, int panel, int end)
        where TFormat : struct, IPanelFormat
    {
        var weights = call.Weights;
        var start = weights.Pointer + panel * weights.PanelBytes;
        var last = end - 1 - panel;
        return new Tile
        {
            Panel0 = start,
            Panel1 = start + Math.Min(1, last) * weights.PanelBytes,
            Panel2 = start + Math.Min(2, last) * weights.PanelBytes,
            Panel3 = start + Math.Min(3, last) * weights.PanelBytes,
            PairStep = TFormat.PairBytes,
            Depth = weights.Inputs,
            XStride = call.X.Stride,
            YStride = call.Y.Stride,
            Mode = call.Mode == GemmMode.AddTo ? TileMode.AddTo : TileMode.Store,
        };
    }
}
