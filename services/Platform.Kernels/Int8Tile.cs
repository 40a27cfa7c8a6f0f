using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>
/// The inner loop of INT8 attention: up to four rows of 16-bit codes against four panels of 8-bit ones, two products to a lane, exact sums
/// in 32 bits.
/// </summary>
internal static unsafe class Int8Tile
{
    /// <summary>Lanes of a tile.</summary>
    public const int Columns = 64;

    /// <summary>Runs any number of rows, cut into tiles; the first of them prefetches.</summary>
    /// <param name="tile">What the rows share.</param>
    /// <param name="x">Pairs of 16-bit codes.</param>
    /// <param name="y">[rows, 64]: sums as 32-bit integers, or float32 sums to add to where the tile has factors.</param>
    /// <param name="rows">How many.</param>
    public static void Run(Int8Operands tile, int* x, float* y, int rows)
    {
        if (tile.Code is { } code && tile.PanelsAreEven)
        {
            RunEmitted(code, tile, x, y, rows);
            return;
        }

        while (rows > 0)
        {
            var now = rows >= 4 ? 4 : rows >= 2 ? 2 : 1;
            if (now == 4)
                Rows4(tile, x, y);
            else if (now == 2)
                Rows2(tile, x, y);
            else
                Rows1(tile, x, y);
            x += now * tile.XStride;
            y += now * tile.YStride;
            tile.Factors += tile.Factors == null ? 0 : now * tile.XStride;
            rows -= now;
            tile.Next = 0;
        }
    }

    private static void RunEmitted(Int8TileCode code, Int8Operands tile, int* x, float* y, int rows)
    {
        var beside = stackalloc float[Int8TileCode.MaxRows * Columns];
        var scaled = tile.Factors != null;
        while (rows > 0)
        {
            var now = rows switch { 7 or 8 => 4, >= Int8TileCode.MaxRows => Int8TileCode.MaxRows, _ => rows };
            var operands = new Int8TileCode.Operands
            {
                Panel = tile.Panel0,
                PanelStride = tile.Panel1 - tile.Panel0,
                Next = tile.Panel0 + tile.Next,
                PairStep = tile.PairStep,
                Pairs = tile.Pairs,
                X = x,
                Y = scaled ? beside : y,
            };
            code.Run(&operands, now);
            for (var row = 0; scaled && row < now; row++)
                AddScaled((int*)beside + row * Columns, tile.Factors[row * tile.XStride], y + row * tile.YStride);
            x += now * tile.XStride;
            y += now * tile.YStride;
            tile.Factors += scaled ? now * tile.XStride : 0;
            rows -= now;
            tile.Next = 0;
        }
    }

    private static void AddScaled(int* sums, float factor, float* y)
    {
        for (var i = 0; i < Columns; i += Lanes.Count)
            Int8Sums.AddTo(Vector512.Load(sums + i), Vector512.Create(factor), y + i);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows4(in Int8Operands tile, int* x, float* y)
    {
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long stride = tile.XStride, step = tile.PairStep, next = tile.Next;
        Int8Sums r0 = default, r1 = default, r2 = default, r3 = default;
        for (var pair = tile.Pairs; pair > 0; pair--, x++, p0 += step, p1 += step, p2 += step, p3 += step)
        {
            Prefetch.Next(p0, p1, p2, p3, next);
            var w = Int8Panels.Load(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
            r2.Add(x[2 * stride], w);
            r3.Add(x[3 * stride], w);
        }

        r0.Finish(tile, 0, y);
        r1.Finish(tile, 1, y);
        r2.Finish(tile, 2, y);
        r3.Finish(tile, 3, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows2(in Int8Operands tile, int* x, float* y)
    {
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long stride = tile.XStride, step = tile.PairStep, next = tile.Next;
        Int8Sums r0 = default, r1 = default;
        for (var pair = tile.Pairs; pair > 0; pair--, x++, p0 += step, p1 += step, p2 += step, p3 += step)
        {
            Prefetch.Next(p0, p1, p2, p3, next);
            var w = Int8Panels.Load(p0, p1, p2, p3);
            r0.Add(x[0], w);
            r1.Add(x[stride], w);
        }

        r0.Finish(tile, 0, y);
        r1.Finish(tile, 1, y);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Rows1(in Int8Operands tile, int* x, float* y)
    {
        byte* p0 = tile.Panel0, p1 = tile.Panel1, p2 = tile.Panel2, p3 = tile.Panel3;
        long step = tile.PairStep, next = tile.Next;
        Int8Sums r0 = default;
        for (var pair = tile.Pairs; pair > 0; pair--, x++, p0 += step, p1 += step, p2 += step, p3 += step)
        {
            Prefetch.Next(p0, p1, p2, p3, next);
            r0.Add(x[0], Int8Panels.Load(p0, p1, p2, p3));
        }

        r0.Finish(tile, 0, y);
    }
}

/// <summary>The operands of an INT8 tile that its rows share.</summary>
internal unsafe struct Int8Operands
{
    /// <summary>Where each panel's first pair lies.</summary>
    public byte* Panel0, Panel1, Panel2, Panel3;

    /// <summary>Bytes from one pair to the next in a panel.</summary>
    public long PairStep;

    /// <summary>Pairs to walk.</summary>
    public int Pairs;

    /// <summary>Words from row to row of x, and from factor to factor.</summary>
    public long XStride;

    /// <summary>Words from row to row of y.</summary>
    public long YStride;

    /// <summary>Null: the sums are stored. Else each row's factor: sum · factor is added to what is there.</summary>
    public float* Factors;

    /// <summary>Bytes from the panels to those that are wanted next; 0 for none.</summary>
    public long Next;

    /// <summary>The emitted loop, or null for this one.</summary>
    public Int8TileCode? Code;

    /// <summary>Whether the panels lie evenly apart.</summary>
    public readonly bool PanelsAreEven => Panel2 - Panel1 == Panel1 - Panel0 && Panel3 - Panel2 == Panel1 - Panel0;
}

/// <summary>Four vectors of pairs, widened.</summary>
internal struct Int8Panels
{
    public Vector512<short> A, B, C, D;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Int8Panels Load(byte* p0, byte* p1, byte* p2, byte* p3) =>
        new() { A = Int8Codes.Load(p0), B = Int8Codes.Load(p1), C = Int8Codes.Load(p2), D = Int8Codes.Load(p3) };
}

/// <summary>One row's sums over four panels, in registers.</summary>
internal struct Int8Sums
{
    private Vector512<int> _a, _b, _c, _d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(int pair, Int8Panels panels)
    {
        var x = Vector512.Create(pair).AsInt16();
        _a += ByteDots.Pairs(panels.A, x);
        _b += ByteDots.Pairs(panels.B, x);
        _c += ByteDots.Pairs(panels.C, x);
        _d += ByteDots.Pairs(panels.D, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly unsafe void Finish(in Int8Operands tile, int row, float* y)
    {
        y += row * tile.YStride;
        if (tile.Factors == null)
        {
            _a.Store((int*)y);
            _b.Store((int*)y + 16);
            _c.Store((int*)y + 32);
            _d.Store((int*)y + 48);
            return;
        }

        var factor = Vector512.Create(tile.Factors[row * tile.XStride]);
        AddTo(_a, factor, y);
        AddTo(_b, factor, y + 16);
        AddTo(_c, factor, y + 32);
        AddTo(_d, factor, y + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void AddTo(Vector512<int> sums, Vector512<float> factor, float* y) =>
        Vector512.FusedMultiplyAdd(Vector512.ConvertToSingle(sums), factor, Vector512.Load(y)).Store(y);
}
