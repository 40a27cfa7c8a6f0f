using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Platform.Engine;

/// <summary><see cref="KeyedNoise"/> of 16 neighbouring lanes at a time, with the same bits. Prepared for one key, then asked for many lanes.</summary>
internal sealed class NoiseLanes
{
    private const int Rounds = 10;

    private readonly Vector512<ulong>[] _evenKeys = new Vector512<ulong>[Rounds];
    private readonly Vector512<ulong>[] _oddKeys = new Vector512<ulong>[Rounds];
    private Vector512<ulong> _position;
    private Vector512<ulong> _choice;

    /// <summary>Takes the key of the draws that follow.</summary>
    public void Start(in NoiseKey key)
    {
        _position = Vector512.Create((ulong)(uint)key.Position);
        _choice = Vector512.Create((ulong)(uint)key.Choice);
        var (even, odd) = ((uint)key.Seed, (uint)(key.Seed >> 32));
        for (var round = 0; round < Rounds; round++)
        {
            _evenKeys[round] = Vector512.Create((ulong)even);
            _oddKeys[round] = Vector512.Create((ulong)odd);
            even += KeyedNoise.WeylA;
            odd += KeyedNoise.WeylB;
        }
    }

    /// <summary>1 - u of lanes <paramref name="lane"/> to lane + 7 and lane + 8 to lane + 15, exactly, where u is <see cref="KeyedNoise.Uniform"/>.</summary>
    public void Complements(int lane, out Vector512<double> low, out Vector512<double> high)
    {
        // A 64-bit lane holds a 32-bit word in its low half; what is in the high half is never read.
        var a0 = Vector512.Create((ulong)lane) + Vector512.Create(0UL, 1, 2, 3, 4, 5, 6, 7);
        var b0 = a0 + Vector512.Create(8UL);
        var (a1, b1) = (_position, _position);
        var (a2, b2) = (_choice, _choice);
        var (a3, b3) = (Vector512<ulong>.Zero, Vector512<ulong>.Zero);
        var even = _evenKeys.AsSpan();
        var odd = _oddKeys.AsSpan();
        for (var round = 0; round < Rounds; round++)
        {
            var (aLeft, aRight) = (Product(a0, KeyedNoise.MultiplierA), Product(a2, KeyedNoise.MultiplierB));
            var (bLeft, bRight) = (Product(b0, KeyedNoise.MultiplierA), Product(b2, KeyedNoise.MultiplierB));
            a0 = (aRight >>> 32) ^ a1 ^ even[round];
            b0 = (bRight >>> 32) ^ b1 ^ even[round];
            a2 = (aLeft >>> 32) ^ a3 ^ odd[round];
            b2 = (bLeft >>> 32) ^ b3 ^ odd[round];
            (a1, a3, b1, b3) = (aRight, aLeft, bRight, bLeft);
        }

        low = Complement(a0, a1);
        high = Complement(b0, b1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Complement(Vector512<ulong> word0, Vector512<ulong> word1)
    {
        var bits = ((word0 << 32) | (word1 & Vector512.Create(0xFFFFFFFFUL))) >>> 12;
        // With the exponent of 1 it is 1 + bits / 2^52, and u is half a step above bits / 2^52.
        var onePlus = (bits | Vector512.Create(0x3FF0000000000000UL)).AsDouble();
        return Vector512.Create(2.0) - onePlus - Vector512.Create(1.0 / (1UL << 53));
    }

    /// <summary>The 64-bit products of the low halves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<ulong> Product(Vector512<ulong> words, uint multiplier)
    {
        var wide = Vector512.Create((ulong)multiplier);
        if (Avx512F.IsSupported)
            return Avx512F.Multiply(words.AsUInt32(), wide.AsUInt32());
        if (Avx2.IsSupported)
        {
            var half = wide.GetLower().AsUInt32();
            return Vector512.Create(Avx2.Multiply(words.GetLower().AsUInt32(), half), Avx2.Multiply(words.GetUpper().AsUInt32(), half));
        }

        return (words & Vector512.Create(0xFFFFFFFFUL)) * wide;
    }
}
