using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels;

/// <summary>Products of small integers summed in neighbouring lanes, from the widest instruction the machine has; exact in every form.</summary>
internal static class ByteDots
{
    /// <summary>16-bit lane i ← a[2i] · b[2i] + a[2i+1] · b[2i+1]. With a below 16 nothing saturates.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<short> Pairs(Vector512<byte> a, Vector512<sbyte> b)
    {
        if (Avx512BW.IsSupported)
            return Avx512BW.MultiplyAddAdjacent(a, b);
        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.MultiplyAddAdjacent(a.GetLower(), b.GetLower()), Avx2.MultiplyAddAdjacent(a.GetUpper(), b.GetUpper()));
        }

        return PlainPairs(a, b);
    }

    /// <summary>32-bit lane i ← a[2i] · b[2i] + a[2i+1] · b[2i+1].</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Pairs(Vector512<short> a, Vector512<short> b)
    {
        if (Avx512BW.IsSupported)
            return Avx512BW.MultiplyAddAdjacent(a, b);
        if (Avx2.IsSupported)
        {
            return Vector512.Create(
                Avx2.MultiplyAddAdjacent(a.GetLower(), b.GetLower()), Avx2.MultiplyAddAdjacent(a.GetUpper(), b.GetUpper()));
        }

        return PlainPairs(a, b);
    }

    /// <summary>The first form for machines without either instruction, and its oracle.</summary>
    public static Vector512<short> PlainPairs(Vector512<byte> a, Vector512<sbyte> b)
    {
        Span<short> lanes = stackalloc short[Vector512<short>.Count];
        for (var i = 0; i < lanes.Length; i++)
            lanes[i] = (short)(a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1]);
        return Vector512.Create<short>(lanes);
    }

    /// <summary>The second form for machines without either instruction, and its oracle.</summary>
    public static Vector512<int> PlainPairs(Vector512<short> a, Vector512<short> b)
    {
        Span<int> lanes = stackalloc int[Vector512<int>.Count];
        for (var i = 0; i < lanes.Length; i++)
            lanes[i] = a[2 * i] * b[2 * i] + a[2 * i + 1] * b[2 * i + 1];
        return Vector512.Create<int>(lanes);
    }
}
