using System.Runtime.CompilerServices;

namespace Platform.Engine;

/// <summary>The sampler's randomness: Philox4x32-10, a counter-based generator. It has no state, so a draw does not depend on what was drawn before it,
/// and a draft that asks with the same key and lane gets the same noise.</summary>
/// <remarks>Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011). Counter words: lane, position, choice, 0; key: the seed.</remarks>
internal static class KeyedNoise
{
    public const uint MultiplierA = 0xD2511F53;
    public const uint MultiplierB = 0xCD9E8D57;
    public const uint WeylA = 0x9E3779B9;
    public const uint WeylB = 0xBB67AE85;
    private const int Rounds = 10;

    /// <summary>A uniform number in the open interval (0, 1), an odd multiple of 2^-53.</summary>
    /// <param name="key">Which draw.</param>
    /// <param name="lane">Which stream of the draw: the token id.</param>
    public static double Uniform(in NoiseKey key, int lane)
    {
        var (word0, word1, _, _) = Philox(
            (uint)lane, (uint)key.Position, (uint)key.Choice, 0, (uint)key.Seed, (uint)(key.Seed >> 32));
        var bits = ((ulong)word0 << 32 | word1) >> 12;                     // 52 bits: the half below stays exact in a double
        return (bits + 0.5) * (1.0 / (1UL << 52));
    }

    /// <summary>Ten Philox rounds over a counter of four words under a key of two.</summary>
    public static (uint, uint, uint, uint) Philox(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (var round = 0; round < Rounds; round++)
        {
            (c0, c1, c2, c3) = Round(c0, c1, c2, c3, k0, k1);
            k0 += WeylA;
            k1 += WeylB;
        }

        return (c0, c1, c2, c3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static (uint, uint, uint, uint) Round(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        var a = (ulong)MultiplierA * c0;
        var b = (ulong)MultiplierB * c2;
        return ((uint)(b >> 32) ^ c1 ^ k0, (uint)b, (uint)(a >> 32) ^ c3 ^ k1, (uint)a);
    }
}
