using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>Software prefetch of streamed panels. A hint: it may point past the end, and does nothing where the machine has none.</summary>
internal static unsafe class Prefetch
{
    private const int FarBytes = 2048;
    private const int AheadBytes = 1024;

    /// <summary>Four panels, <paramref name="panelBytes"/> apart, some kilobytes ahead: the streaming loop.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Far<TFormat>(byte* panel, long panelBytes)
        where TFormat : struct, IPanelFormat
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(panel + FarBytes);
        Sse.Prefetch0(panel + panelBytes + FarBytes);
        Sse.Prefetch0(panel + 2 * panelBytes + FarBytes);
        Sse.Prefetch0(panel + 3 * panelBytes + FarBytes);
        if (TFormat.PairBytes <= 64)
            return;
        Sse.Prefetch0(panel + FarBytes + 64);
        Sse.Prefetch0(panel + panelBytes + FarBytes + 64);
        Sse.Prefetch0(panel + 2 * panelBytes + FarBytes + 64);
        Sse.Prefetch0(panel + 3 * panelBytes + FarBytes + 64);
    }

    /// <summary>Four panels that several rows share: closer, since each pair keeps the arithmetic busy for longer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Ahead(byte* p0, byte* p1, byte* p2, byte* p3)
    {
        if (!Sse.IsSupported)
            return;
        Sse.Prefetch0(p0 + AheadBytes);
        Sse.Prefetch0(p1 + AheadBytes);
        Sse.Prefetch0(p2 + AheadBytes);
        Sse.Prefetch0(p3 + AheadBytes);
    }

    /// <summary>What lies <paramref name="next"/> bytes from four panels; 0: nothing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Next(byte* p0, byte* p1, byte* p2, byte* p3, long next)
    {
        if (!Sse.IsSupported || next == 0)
            return;
        Sse.Prefetch0(p0 + next);
        Sse.Prefetch0(p1 + next);
        Sse.Prefetch0(p2 + next);
        Sse.Prefetch0(p3 + next);
    }

    /// <summary>The same for a format whose pairs may lie in two halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Next<TFormat>(byte* p0, byte* p1, byte* p2, byte* p3, long half, long next)
        where TFormat : struct, IPanelFormat
    {
        Next(p0, p1, p2, p3, next);
        if (TFormat.PairBytes > 64 && next != 0)
            Next(p0 + half, p1 + half, p2 + half, p3 + half, next);
    }
}
