using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// One row of x against eight panels at once: eight independent chains hide the latency of the multiply-add, and the panels stream with
/// prefetches some kilobytes ahead. The same chains as <see cref="PanelTile"/>, so the same numbers.
/// </summary>
internal static unsafe class PanelVector
{
    /// <summary>Panels read side by side.</summary>
    public const int Panels = 8;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TFormat>(byte* panels, long panelBytes, float* x, int depth, float* y, GemmMode mode)
        where TFormat : struct, IPanelFormat
    {
        var a0 = Vector512<float>.Zero;
        var a1 = Vector512<float>.Zero;
        var a2 = Vector512<float>.Zero;
        var a3 = Vector512<float>.Zero;
        var a4 = Vector512<float>.Zero;
        var a5 = Vector512<float>.Zero;
        var a6 = Vector512<float>.Zero;
        var a7 = Vector512<float>.Zero;
        byte* low = panels, high = panels + 4 * panelBytes;
        long two = 2 * panelBytes, three = 3 * panelBytes;
        var half = TFormat.PairBytes / 2;
        for (var pair = depth / 2; pair > 0; pair--, x += 2, low += TFormat.PairBytes, high += TFormat.PairBytes)
        {
            Prefetch.Far<TFormat>(low, panelBytes);
            Prefetch.Far<TFormat>(high, panelBytes);
            var first = Vector512.Create(x[0]);
            var second = Vector512.Create(x[1]);
            a0 = Vector512.FusedMultiplyAdd(TFormat.First(low), first, a0);
            a1 = Vector512.FusedMultiplyAdd(TFormat.First(low + panelBytes), first, a1);
            a2 = Vector512.FusedMultiplyAdd(TFormat.First(low + two), first, a2);
            a3 = Vector512.FusedMultiplyAdd(TFormat.First(low + three), first, a3);
            a4 = Vector512.FusedMultiplyAdd(TFormat.First(high), first, a4);
            a5 = Vector512.FusedMultiplyAdd(TFormat.First(high + panelBytes), first, a5);
            a6 = Vector512.FusedMultiplyAdd(TFormat.First(high + two), first, a6);
            a7 = Vector512.FusedMultiplyAdd(TFormat.First(high + three), first, a7);
            a0 = Vector512.FusedMultiplyAdd(TFormat.Second(low, half), second, a0);
            a1 = Vector512.FusedMultiplyAdd(TFormat.Second(low + panelBytes, half), second, a1);
            a2 = Vector512.FusedMultiplyAdd(TFormat.Second(low + two, half), second, a2);
            a3 = Vector512.FusedMultiplyAdd(TFormat.Second(low + three, half), second, a3);
            a4 = Vector512.FusedMultiplyAdd(TFormat.Second(high, half), second, a4);
            a5 = Vector512.FusedMultiplyAdd(TFormat.Second(high + panelBytes, half), second, a5);
            a6 = Vector512.FusedMultiplyAdd(TFormat.Second(high + two, half), second, a6);
            a7 = Vector512.FusedMultiplyAdd(TFormat.Second(high + three, half), second, a7);
        }

        if ((depth & 1) != 0)
        {
            var first = Vector512.Create(x[0]);
            a0 = Vector512.FusedMultiplyAdd(TFormat.First(low), first, a0);
            a1 = Vector512.FusedMultiplyAdd(TFormat.First(low + panelBytes), first, a1);
            a2 = Vector512.FusedMultiplyAdd(TFormat.First(low + two), first, a2);
            a3 = Vector512.FusedMultiplyAdd(TFormat.First(low + three), first, a3);
            a4 = Vector512.FusedMultiplyAdd(TFormat.First(high), first, a4);
            a5 = Vector512.FusedMultiplyAdd(TFormat.First(high + panelBytes), first, a5);
            a6 = Vector512.FusedMultiplyAdd(TFormat.First(high + two), first, a6);
            a7 = Vector512.FusedMultiplyAdd(TFormat.First(high + three), first, a7);
        }

        if (mode == GemmMode.AddTo)
        {
            a0 = Vector512.Load(y) + a0;
            a1 = Vector512.Load(y + 16) + a1;
            a2 = Vector512.Load(y + 32) + a2;
            a3 = Vector512.Load(y + 48) + a3;
            a4 = Vector512.Load(y + 64) + a4;
            a5 = Vector512.Load(y + 80) + a5;
            a6 = Vector512.Load(y + 96) + a6;
            a7 = Vector512.Load(y + 112) + a7;
        }

        a0.Store(y);
        a1.Store(y + 16);
        a2.Store(y + 32);
        a3.Store(y + 48);
        a4.Store(y + 64);
        a5.Store(y + 80);
        a6.Store(y + 96);
        a7.Store(y + 112);
    }
}
