using System.Runtime.CompilerServices;

namespace Platform.Kernels;

/// <summary>
/// The inner loop of every product: up to six rows of x against four panels of 16 lanes, walking the depth in order with one chain of fused
/// multiply-adds per (row, lane). A row's numbers are therefore the same whichever rows share its tile.
/// </summary>
internal static unsafe class PanelTile
{
    /// <summary>Rows of the largest tile: 24 accumulators, four weights and a broadcast fit in 32 registers.</summary>
    public const int MaxRows = 6;

    /// <summary>Lanes of a tile.</summary>
    public const int Columns = 64;

    /// <summary>Runs any number of rows, cut into tiles.</summary>
    public static void Run<TFormat>(in Tile tile, float* x, float* y, int rows)
        where TFormat : struct, IPanelFormat
    {
        while (rows > 0)
        {
            var now = NextRows(rows);
            switch (now)
            {
                case 6:
                    Rows6<TFormat>(tile, x, y);
                    break;
                case 4:
                    Rows4<TFormat>(tile, x, y);
                    break;
                case 3:
                    Rows3<TFormat>(tile, x, y);
                    break;
                case 2:
                    Rows2<TFormat>(tile, x, y);
                    break;
                default:
                    Rows1<TFormat>(tile, x, y);
                    break;
            }

            x += now * tile.XStride;
            y += now * tile.YStride;
            rows -= now;
        }
    }

    // Cuts so that no narrow tile is left over where two middling ones do: 8 = 4 + 4, 7 = 4 + 3, 5 = 3 + 2.
    private static int NextRows(int rows) => rows switch
    {
        7 or 8 or 4 => 4,
        5 or 3 => 3,
        >= 6 => 6,
        _ => rows,
    };

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows6<TFormat>(in Tile tile, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var r1 = Lanes4.Start(tile, y + tile.YStride);
        var r2 = Lanes4.Start(tile, y + 2 * tile.YStride);
        var r3 = Lanes4.Start(tile, y + 3 * tile.YStride);
        var r4 = Lanes4.Start(tile, y + 4 * tile.YStride);
        var r5 = Lanes4.Start(tile, y + 5 * tile.YStride);
        var pairs = tile.Depth / 2;
        for (var pair = 0; pair < pairs; pair++, x += 2)
        {
            Prefetch.Ahead(p0, p1, p2, p3);
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
            r3.Add(x[3 * stride], w);
            r4.Add(x[4 * stride], w);
            r5.Add(x[5 * stride], w);
            w = Lanes4.Second<TFormat>(p0, p1, p2, p3, half);
            r0.Add(x[1], w);
            r1.Add(x[stride + 1], w);
            r2.Add(x[2 * stride + 1], w);
            r3.Add(x[3 * stride + 1], w);
            r4.Add(x[4 * stride + 1], w);
            r5.Add(x[5 * stride + 1], w);
            p0 += step;
            p1 += step;
            p2 += step;
            p3 += step;
        }

        if ((tile.Depth & 1) != 0)
        {
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
            r3.Add(x[3 * stride], w);
            r4.Add(x[4 * stride], w);
            r5.Add(x[5 * stride], w);
        }

        r0.Finish(tile, y);
        r1.Finish(tile, y + tile.YStride);
        r2.Finish(tile, y + 2 * tile.YStride);
        r3.Finish(tile, y + 3 * tile.YStride);
        r4.Finish(tile, y + 4 * tile.YStride);
        r5.Finish(tile, y + 5 * tile.YStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4<TFormat>(in Tile tile, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var r1 = Lanes4.Start(tile, y + tile.YStride);
        var r2 = Lanes4.Start(tile, y + 2 * tile.YStride);
        var r3 = Lanes4.Start(tile, y + 3 * tile.YStride);
        var pairs = tile.Depth / 2;
        for (var pair = 0; pair < pairs; pair++, x += 2)
        {
            Prefetch.Ahead(p0, p1, p2, p3);
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
            r3.Add(x[3 * stride], w);
            w = Lanes4.Second<TFormat>(p0, p1, p2, p3, half);
            r0.Add(x[1], w);
            r1.Add(x[stride + 1], w);
            r2.Add(x[2 * stride + 1], w);
            r3.Add(x[3 * stride + 1], w);
            p0 += step;
            p1 += step;
            p2 += step;
            p3 += step;
        }

        if ((tile.Depth & 1) != 0)
        {
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
            r3.Add(x[3 * stride], w);
        }

        r0.Finish(tile, y);
        r1.Finish(tile, y + tile.YStride);
        r2.Finish(tile, y + 2 * tile.YStride);
        r3.Finish(tile, y + 3 * tile.YStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows3<TFormat>(in Tile tile, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var r1 = Lanes4.Start(tile, y + tile.YStride);
        var r2 = Lanes4.Start(tile, y + 2 * tile.YStride);
        var pairs = tile.Depth / 2;
        for (var pair = 0; pair < pairs; pair++, x += 2)
        {
            Prefetch.Ahead(p0, p1, p2, p3);
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
            w = Lanes4.Second<TFormat>(p0, p1, p2, p3, half);
            r0.Add(x[1], w);
            r1.Add(x[stride + 1], w);
            r2.Add(x[2 * stride + 1], w);
            p0 += step;
            p1 += step;
            p2 += step;
            p3 += step;
        }

        if ((tile.Depth & 1) != 0)
        {
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
        }

        r0.Finish(tile, y);
        r1.Finish(tile, y + tile.YStride);
        r2.Finish(tile, y + 2 * tile.YStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows2<TFormat>(in Tile tile, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var r1 = Lanes4.Start(tile, y + tile.YStride);
        var pairs = tile.Depth / 2;
        for (var pair = 0; pair < pairs; pair++, x += 2)
        {
            Prefetch.Ahead(p0, p1, p2, p3);
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            w = Lanes4.Second<TFormat>(p0, p1, p2, p3, half);
            r0.Add(x[1], w);
            r1.Add(x[stride + 1], w);
            p0 += step;
            p1 += step;
            p2 += step;
            p3 += step;
        }

        if ((tile.Depth & 1) != 0)
        {
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
        }

        r0.Finish(tile, y);
        r1.Finish(tile, y + tile.YStride);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1<TFormat>(in Tile tile, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var pairs = tile.Depth / 2;
        for (var pair = 0; pair < pairs; pair++, x += 2)
        {
            Prefetch.Ahead(p0, p1, p2, p3);
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            w = Lanes4.Second<TFormat>(p0, p1, p2, p3, half);
            r0.Add(x[1], w);
            p0 += step;
            p1 += step;
            p2 += step;
            p3 += step;
        }

        if ((tile.Depth & 1) != 0)
        {
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
        }

        r0.Finish(tile, y);
    }
}
