using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>How a pair of neighbouring inputs is loaded from a panel: 16 lanes of the first, 16 of the second, widened to float32.</summary>
internal unsafe interface IPanelFormat
{
    /// <summary>Bytes of 16 lanes of a pair.</summary>
    static abstract int PairBytes { get; }

    static abstract Vector512<float> First(byte* pair);

    /// <param name="pair">Where the pair starts.</param>
    /// <param name="half">Bytes from one pair's start to the next's, halved: where a float32 format keeps the second input.</param>
    static abstract Vector512<float> Second(byte* pair, long half);
}

/// <summary>float32: the second input's lanes lie half a pair step after the first's.</summary>
internal readonly unsafe struct F32Panels : IPanelFormat
{
    public static int PairBytes => 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(byte* pair) => Vector512.Load((float*)pair);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Second(byte* pair, long half) => Vector512.Load((float*)(pair + half));
}

/// <summary>bfloat16: both inputs share a 32-bit lane, the first in the low half.</summary>
internal readonly unsafe struct Bf16Panels : IPanelFormat
{
    public static int PairBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(byte* pair) => (Vector512.Load((uint*)pair) << 16).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Second(byte* pair, long half) =>
        (Vector512.Load((uint*)pair) & Vector512.Create(0xFFFF0000u)).AsSingle();
}

/// <summary>bfloat16 for dot products of pairs: both inputs share a 32-bit lane, the first in the high half.</summary>
internal readonly unsafe struct Bf16DotPanels : IPanelFormat
{
    public static int PairBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> First(byte* pair) => (Vector512.Load((uint*)pair) & Vector512.Create(0xFFFF0000u)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Second(byte* pair, long half) => (Vector512.Load((uint*)pair) << 16).AsSingle();
}
