using System.Runtime.Intrinsics;

namespace Platform.Engine;

/// <summary>The sampler's own exp and log in double precision: the same bits on every machine, whatever its maths library.</summary>
/// <remarks>Relative error below 1e-15 in the ranges the sampler uses; tested against <see cref="Math"/>.</remarks>
internal static class SamplerMath
{
    private const double Log2E = 1.4426950408889634;
    private const double Ln2High = 0.69314718036912382;        // the upper 33 bits of ln 2: k * Ln2High is exact
    private const double Ln2Low = 1.9082149292705877e-10;
    private const double Sqrt2 = 1.4142135623730951;
    private const double SmallestArgument = -708;              // below: the result would be subnormal, and is taken as 0

    /// <summary>e^x for x at most 709; 0 below -708.</summary>
    public static double Exp(double x)
    {
        if (x < SmallestArgument)
            return 0;
        var k = Math.Floor(Math.FusedMultiplyAdd(x, Log2E, 0.5));
        var r = Math.FusedMultiplyAdd(-k, Ln2Low, Math.FusedMultiplyAdd(-k, Ln2High, x));    // |r| <= ln 2 / 2

        var p = 1.0 / 6227020800;
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 479001600);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 39916800);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 3628800);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 362880);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 40320);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 5040);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 720);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 120);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 24);
        p = Math.FusedMultiplyAdd(p, r, 1.0 / 6);
        p = Math.FusedMultiplyAdd(p, r, 0.5);
        p = Math.FusedMultiplyAdd(p, r, 1);
        p = Math.FusedMultiplyAdd(p, r, 1);
        return p * BitConverter.Int64BitsToDouble(((long)k + 1023) << 52);
    }

    /// <summary>e^(values - shift) for every value, with the bits of <see cref="Exp(double)"/>: the same operations, eight lanes at a time.</summary>
    /// <param name="values">[n], each at most <paramref name="shift"/>.</param>
    /// <param name="shift">Subtracted in double precision.</param>
    /// <param name="results">[n].</param>
    public static void Exp(ReadOnlySpan<float> values, double shift, Span<double> results)
    {
        var i = 0;
        for (; i + Vector512<double>.Count <= values.Length; i += Vector512<double>.Count)
        {
            var (low, high) = Vector256.Widen(Vector256.Create(values[i..]));
            var x = Vector512.Create(low, high) - Vector512.Create(shift);
            Exp(x).CopyTo(results[i..]);
        }

        for (; i < values.Length; i++)
            results[i] = Exp(values[i] - shift);
    }

    private static Vector512<double> Exp(Vector512<double> x)
    {
        var k = Vector512.Floor(Vector512.FusedMultiplyAdd(x, Vector512.Create(Log2E), Vector512.Create(0.5)));
        var r = Vector512.FusedMultiplyAdd(-k, Vector512.Create(Ln2Low), Vector512.FusedMultiplyAdd(-k, Vector512.Create(Ln2High), x));

        var p = Vector512.Create(1.0 / 6227020800);
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 479001600));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 39916800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 3628800));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 362880));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 40320));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 5040));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 720));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 120));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 24));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0 / 6));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(0.5));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0));
        p = Vector512.FusedMultiplyAdd(p, r, Vector512.Create(1.0));

        // Adding this puts k + 1023 into the lowest bits of the mantissa; the shift moves it into the exponent and all else out.
        var biased = k + Vector512.Create(1023 + 6755399441055744.0);
        var scale = (biased.AsInt64() << 52).AsDouble();
        return Vector512.ConditionalSelect(Vector512.LessThan(x, Vector512.Create(SmallestArgument)), Vector512<double>.Zero, p * scale);
    }

    /// <summary>Natural logarithm of a positive normal number.</summary>
    public static double Log(double x)
    {
        var bits = BitConverter.DoubleToInt64Bits(x);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFFL) | 0x3FF0000000000000L);
        if (mantissa > Sqrt2)
        {
            mantissa *= 0.5;
            exponent++;
        }

        // log m = 2 artanh s with s = (m - 1) / (m + 1), |s| <= 0.172.
        var s = (mantissa - 1) / (mantissa + 1);
        var square = s * s;
        var p = 1.0 / 21;
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 19);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 17);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 15);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 13);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 11);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 9);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 7);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 5);
        p = Math.FusedMultiplyAdd(p, square, 1.0 / 3);
        var tail = 2 * s * square * p;
        return Math.FusedMultiplyAdd(exponent, Ln2High, Math.FusedMultiplyAdd(exponent, Ln2Low, tail) + 2 * s);
    }
}
