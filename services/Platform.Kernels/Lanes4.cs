using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>Four vectors side by side, in registers: one row's accumulators over four panels, or the panels' weights.</summary>
internal struct Lanes4
{
    private Vector512<float> _a;
    private Vector512<float> _b;
    private Vector512<float> _c;
    private Vector512<float> _d;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes4 Start(in Tile tile, float* y)
    {
        Lanes4 lanes = default;
        if (tile.Mode == TileMode.Continue)
            lanes.Load(y);
        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes4 First<TFormat>(byte* p0, byte* p1, byte* p2, byte* p3)
        where TFormat : struct, IPanelFormat
    {
        Lanes4 lanes;
        lanes._a = TFormat.First(p0);
        lanes._b = TFormat.First(p1);
        lanes._c = TFormat.First(p2);
        lanes._d = TFormat.First(p3);
        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe Lanes4 Second<TFormat>(byte* p0, byte* p1, byte* p2, byte* p3, long half)
        where TFormat : struct, IPanelFormat
    {
        Lanes4 lanes;
        lanes._a = TFormat.Second(p0, half);
        lanes._b = TFormat.Second(p1, half);
        lanes._c = TFormat.Second(p2, half);
        lanes._d = TFormat.Second(p3, half);
        return lanes;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(float x, Lanes4 weights)
    {
        var factor = Vector512.Create(x);
        _a = Vector512.FusedMultiplyAdd(weights._a, factor, _a);
        _b = Vector512.FusedMultiplyAdd(weights._b, factor, _b);
        _c = Vector512.FusedMultiplyAdd(weights._c, factor, _c);
        _d = Vector512.FusedMultiplyAdd(weights._d, factor, _d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public unsafe void Finish(in Tile tile, float* y)
    {
        if (tile.Mode == TileMode.AddTo)
        {
            Lanes4 there = default;
            there.Load(y);
            _a = there._a + _a;
            _b = there._b + _b;
            _c = there._c + _c;
            _d = there._d + _d;
        }

        _a.Store(y);
        _b.Store(y + 16);
        _c.Store(y + 32);
        _d.Store(y + 48);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private unsafe void Load(float* y)
    {
        _a = Vector512.Load(y);
        _b = Vector512.Load(y + 16);
        _c = Vector512.Load(y + 32);
        _d = Vector512.Load(y + 48);
    }
}
