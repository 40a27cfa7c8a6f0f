using System.Runtime.CompilerServices;

namespace Platform.Kernels;

/// <summary>
/// <see cref="PanelTile"/> for keys and values that stream from memory: the first rows' walk asks for the panels wanted next, which lie in
/// another page. The same chains, so the same numbers.
/// </summary>
internal static unsafe class KvTile
{
    private const int StreamingRows = 4;

    /// <summary>Runs any number of rows.</summary>
    /// <param name="tile">What the rows share.</param>
    /// <param name="next">Bytes from the tile's panels to those wanted next; 0 for none.</param>
    /// <param name="x">Rows of factors.</param>
    /// <param name="y">Rows of chains.</param>
    /// <param name="rows">How many.</param>
    public static void Run<TFormat>(in Tile tile, long next, float* x, float* y, int rows)
        where TFormat : struct, IPanelFormat
    {
        var streaming = Math.Min(rows, StreamingRows);
        switch (streaming)
        {
            case 4:
                Rows4<TFormat>(tile, next, x, y);
                break;
            case 3:
                Rows2<TFormat>(tile, next, x, y);
                streaming = 2;
                break;
            case 2:
                Rows2<TFormat>(tile, next, x, y);
                break;
            default:
                Rows1<TFormat>(tile, next, x, y);
                break;
        }

        if (rows > streaming)
            PanelTile.Run<TFormat>(tile, x + streaming * tile.XStride, y + streaming * tile.YStride, rows - streaming);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4<TFormat>(in Tile tile, long next, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var r1 = Lanes4.Start(tile, y + tile.YStride);
        var r2 = Lanes4.Start(tile, y + 2 * tile.YStride);
        var r3 = Lanes4.Start(tile, y + 3 * tile.YStride);
        for (var pair = tile.Depth / 2; pair > 0; pair--, x += 2, p0 += step, p1 += step, p2 += step, p3 += step)
        {
            Prefetch.Next<TFormat>(p0, p1, p2, p3, half, next);
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
    private static void Rows2<TFormat>(in Tile tile, long next, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        var stride = tile.XStride;
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        var r1 = Lanes4.Start(tile, y + tile.YStride);
        for (var pair = tile.Depth / 2; pair > 0; pair--, x += 2, p0 += step, p1 += step, p2 += step, p3 += step)
        {
            Prefetch.Next<TFormat>(p0, p1, p2, p3, half, next);
            var w = Lanes4.First<TFormat>(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            w = Lanes4.Second<TFormat>(p0, p1, p2, p3, half);
            r0.Add(x[1], w);
            r1.Add(x[stride + 1], w);
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
    private static void Rows1<TFormat>(in Tile tile, long next, float* x, float* y)
        where TFormat : struct, IPanelFormat
    {
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, half = step / 2;
        var r0 = Lanes4.Start(tile, y);
        for (var pair = tile.Depth / 2; pair > 0; pair--, x += 2, p0 += step, p1 += step, p2 += step, p3 += step)
        {
            Prefetch.Next<TFormat>(p0, p1, p2, p3, half, next);
            r0.Add(x[0], Lanes4.First<TFormat>(p0, p1, p2, p3));
            r0.Add(x[1], Lanes4.Second<TFormat>(p0, p1, p2, p3, half));
        }

        if ((tile.Depth & 1) != 0)
            r0.Add(x[0], Lanes4.First<TFormat>(p0, p1, p2, p3));
        r0.Finish(tile, y);
    }
}
