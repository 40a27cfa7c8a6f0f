namespace Platform.Kernels;

/// <summary>
/// The functions no inner loop needs, computed in float64 from the four basic operations and the fused multiply-add, then rounded once:
/// correct to the last float32 bit or the one beside it, and the same bits on every machine.
/// </summary>
public static class PreciseFunctions
{
    private const double Ln2High = 0.6931471805599453;
    private const double Ln2Low = 2.3190468138462996e-17;
    private const double HalfPiHigh = 1.5707963267948966;
    private const double HalfPiLow = 6.123233995736766e-17;
    private const double TwoOverSqrtPi = 1.1283791670955126;
    private const double RoundingShift = 6755399441055744.0;

    /// <summary>The largest angle, in radians, whose sine and cosine are exact to float32: beyond any rotary position.</summary>
    public const double MaxAngle = 1e8;

    /// <summary>eˣ in float64.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
            return x;
        if (x > 710)
            return double.PositiveInfinity;
        if (x < -750)
            return 0;
        var n = x / Ln2High + RoundingShift - RoundingShift;
        var r = Math.FusedMultiplyAdd(n, -Ln2High, x);
        r = Math.FusedMultiplyAdd(n, -Ln2Low, r);
        var sum = 1.0;
        for (var i = 14; i >= 1; i--)
            sum = Math.FusedMultiplyAdd(sum * r, 1.0 / i, 1.0);
        var half = (int)n >> 1;
        return sum * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>The natural logarithm in float64. −∞ at 0, NaN below.</summary>
    public static double Log(double x)
    {
        if (double.IsNaN(x) || double.IsPositiveInfinity(x))
            return x;
        if (x <= 0)
            return x == 0 ? double.NegativeInfinity : double.NaN;
        var exponent = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            exponent = -54;
        }

        var bits = BitConverter.DoubleToInt64Bits(x);
        exponent += (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa *= 0.5;
            exponent++;
        }

        return Math.FusedMultiplyAdd(exponent, Ln2High, LogOfRatio((mantissa - 1) / (mantissa + 1)) + exponent * Ln2Low);
    }

    /// <summary>log(1 + y) for y in [0, 1], exact to float64 also where y is tiny.</summary>
    public static double LogOnePlus(double y) => LogOfRatio(y / (2 + y));

    /// <summary>log x.</summary>
    public static float Log(float x) => (float)Log((double)x);

    /// <summary>log(1 + eˣ), without overflow for large x.</summary>
    public static float Softplus(float x) => (float)((x > 0 ? x : 0.0) + LogOnePlus(Exp(-Math.Abs((double)x))));

    /// <summary>The hyperbolic tangent.</summary>
    public static float Tanh(float x)
    {
        var magnitude = Math.Abs((double)x);
        double result;
        if (magnitude < 0.01)
        {
            var square = magnitude * magnitude;
            result = magnitude * (1 + square * (-1.0 / 3 + square * (2.0 / 15)));
        }
        else
        {
            var e = Exp(-2 * magnitude);
            result = (1 - e) / (1 + e);
        }

        return (float)(x < 0 ? -result : result);
    }

    /// <summary>The error function.</summary>
    public static float Erf(float x)
    {
        if (float.IsNaN(x))
            return x;
        var magnitude = Math.Abs((double)x);
        // erf(4) rounds to 1.
        if (magnitude >= 4)
            return x < 0 ? -1f : 1f;
        // 2/√π · e^(−x²) · Σ 2ⁿx²ⁿ⁺¹ / (1·3·…·(2n+1)): every term positive, so nothing cancels.
        var twiceSquare = 2 * magnitude * magnitude;
        var term = magnitude;
        var sum = term;
        for (var n = 1; n < 120 && term > sum * 1e-17; n++)
        {
            term *= twiceSquare / (2 * n + 1);
            sum += term;
        }

        var result = TwoOverSqrtPi * Exp(-magnitude * magnitude) * sum;
        return (float)(x < 0 ? -result : result);
    }

    /// <summary>The exact GELU: ½x(1 + erf(x/√2)).</summary>
    public static float GeluExact(float x) => 0.5f * x * (1f + Erf(x * 0.707106769f));

    /// <summary>Sine and cosine of an angle in radians, |angle| ≤ <see cref="MaxAngle"/>.</summary>
    public static (float Sin, float Cos) SinCos(double angle)
    {
        if (!(Math.Abs(angle) <= MaxAngle))
            throw new ArgumentOutOfRangeException(nameof(angle), $"The angle {angle} is beyond ±{MaxAngle}; a rotary position is too large.");
        var quarter = angle * (1 / HalfPiHigh) + RoundingShift - RoundingShift;
        var r = Math.FusedMultiplyAdd(quarter, -HalfPiHigh, angle);
        r = Math.FusedMultiplyAdd(quarter, -HalfPiLow, r);
        var square = r * r;
        var sin = 1.0;
        for (var i = 16; i >= 2; i -= 2)
            sin = Math.FusedMultiplyAdd(sin * square, -1.0 / (i * (i + 1)), 1.0);
        sin *= r;
        var cos = 1.0;
        for (var i = 16; i >= 2; i -= 2)
            cos = Math.FusedMultiplyAdd(cos * square, -1.0 / (i * (i - 1)), 1.0);
        return ((long)quarter & 3) switch
        {
            0 => ((float)sin, (float)cos),
            1 => ((float)cos, (float)-sin),
            2 => ((float)-sin, (float)-cos),
            _ => ((float)-cos, (float)sin),
        };
    }

    /// <summary>basisᵉˣᵖᵒⁿᵉⁿᵗ for a positive basis, in float64.</summary>
    public static double Pow(double basis, double exponent) => Exp(exponent * Log(basis));

    // log((1 + s) / (1 − s)) = 2(s + s³/3 + s⁵/5 + …), |s| ≤ 1/3.
    private static double LogOfRatio(double s)
    {
        var square = s * s;
        var sum = 0.0;
        for (var n = 39; n >= 1; n -= 2)
            sum = Math.FusedMultiplyAdd(sum, square, 1.0 / n);
        return 2 * s * sum;
    }

    private static double PowerOfTwo(int power) => BitConverter.Int64BitsToDouble((power + 1023L) << 52);
}
