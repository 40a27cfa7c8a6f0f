using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>How the nibbles of a group of quantised weights are used.</summary>
internal interface IBlockFormat
{
    /// <summary>The high nibble belongs to the same weight as the low one.</summary>
    static abstract bool NibblesOfOneWeight { get; }

    /// <summary>Groups of 64 bytes in half a block.</summary>
    static abstract int GroupsPerHalf { get; }

    /// <summary>Bytes of half a block's weights.</summary>
    static abstract int HalfBytes { get; }

    /// <summary>Bytes of a block, scales included.</summary>
    static abstract int BlockBytes { get; }

    /// <summary>Where an input record keeps the corrections.</summary>
    static abstract int Corrections { get; }
}

/// <summary>INT8: weight + 128 = 16 · high + low.</summary>
internal readonly struct EightBits : IBlockFormat
{
    public static bool NibblesOfOneWeight => true;

    public static int GroupsPerHalf => 8;

    public static int HalfBytes => 512;

    public static int BlockBytes => 1088;

    public static int Corrections => InputCodes.Corrections8;
}

/// <summary>INT4: the high nibble is the weight 16 inputs on.</summary>
internal readonly struct FourBits : IBlockFormat
{
    public static bool NibblesOfOneWeight => false;

    public static int GroupsPerHalf => 4;

    public static int HalfBytes => 256;

    public static int BlockBytes => 576;

    public static int Corrections => InputCodes.Corrections4;
}

/// <summary>One row's integer sums over half a block, 16 outputs in the lanes.</summary>
internal unsafe struct BlockSums
{
    private Vector512<short> _low;
    private Vector512<short> _high;

    /// <summary>Adds a group.</summary>
    /// <param name="low">The low nibbles.</param>
    /// <param name="high">The high nibbles.</param>
    /// <param name="inputs">The row's four integers for the low nibbles.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add<TFormat>(Vector512<byte> low, Vector512<byte> high, byte* inputs)
        where TFormat : struct, IBlockFormat
    {
        var x = Vector512.Create(*(int*)inputs).AsSByte();
        _low += ByteDots.Pairs(low, x);
        if (TFormat.NibblesOfOneWeight)
            _high += ByteDots.Pairs(high, x);
        else
            _low += ByteDots.Pairs(high, Vector512.Create(*(int*)(inputs + BlockLayout.HalfInputs / 2)).AsSByte());
    }

    /// <summary>The chain's next link: fma((float)integers · input scale, weight scale, sum).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly Vector512<float> Finish<TFormat>(byte* record, int half, Vector512<float> weightScales, Vector512<float> sum)
        where TFormat : struct, IBlockFormat
    {
        var integers = ByteDots.Pairs(_low, Vector512<short>.One) + Vector512.Create(((int*)(record + TFormat.Corrections))[half]);
        if (TFormat.NibblesOfOneWeight)
            integers += ByteDots.Pairs(_high, Vector512.Create((short)16));
        var scaled = Vector512.ConvertToSingle(integers) * Vector512.Create(((float*)(record + InputCodes.Scales))[half]);
        return Vector512.FusedMultiplyAdd(scaled, weightScales, sum);
    }
}
