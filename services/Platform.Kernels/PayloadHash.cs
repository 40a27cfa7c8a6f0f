using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>A 64-bit hash of bytes, as fast as memory: finds damage, does not withstand an attacker.</summary>
/// <remarks>64 lanes of 32 bits, each a polynomial over its words with an odd factor, so that a change of one word always shows. The lanes are
/// then mixed. Same value on every machine.</remarks>
public static class PayloadHash
{
    private const uint Factor = 0x9E3779B1;
    private const ulong Mixer = 0x9E3779B97F4A7C15;

    /// <summary>The hash.</summary>
    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        var factor = Vector512.Create(Factor);
        var (a, b, c, d) = (Vector512.Create(1u), Vector512.Create(2u), Vector512.Create(3u), Vector512.Create(4u));
        var words = MemoryMarshal.Cast<byte, Vector512<uint>>(bytes);
        var i = 0;
        for (; i + 3 < words.Length; i += 4)
        {
            a = a * factor + words[i];
            b = b * factor + words[i + 1];
            c = c * factor + words[i + 2];
            d = d * factor + words[i + 3];
        }

        for (; i < words.Length; i++)
            a = a * factor + words[i];
        Span<byte> tail = stackalloc byte[Vector512<byte>.Count];
        tail.Clear();
        bytes[(words.Length * Vector512<byte>.Count)..].CopyTo(tail);
        b = b * factor + Vector512.Create<byte>(tail).AsUInt32();
        return Mix(Mix(Mix(Mix((ulong)bytes.Length, a), b), c), d);
    }

    private static ulong Mix(ulong hash, Vector512<uint> lanes)
    {
        for (var lane = 0; lane < Vector512<uint>.Count; lane++)
        {
            hash = (hash ^ lanes[lane]) * Mixer;
            hash ^= hash >> 29;
        }

        return hash;
    }
}
