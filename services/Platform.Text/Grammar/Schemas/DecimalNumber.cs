using System.Globalization;
using System.Numerics;

namespace Platform.Text.Grammar;

/// <summary>A decimal number without rounding: <paramref name="Digits"/> times ten to the <paramref name="Exponent"/>, shortest form.</summary>
internal readonly record struct DecimalNumber(BigInteger Digits, int Exponent)
{
    // Far beyond what a bound can usefully say; keeps powers of ten small.
    private const int MaxExponent = 400;
    private const int MaxLength = 1000;

    public bool IsWhole => Exponent >= 0;

    /// <summary>Reads a JSON number, or null when it is longer or larger than any bound need be.</summary>
    public static DecimalNumber? Parse(string json)
    {
        if (json.Length > MaxLength)
            return null;
        int mark = json.IndexOfAny(['e', 'E']);
        int exponent = 0;
        if (mark >= 0 && !int.TryParse(json.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent))
            return null;
        string digits = mark >= 0 ? json[..mark] : json;
        int point = digits.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= digits.Length - point - 1;
            digits = digits.Remove(point, 1);
        }

        var value = BigInteger.Parse(digits, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (value.IsZero)
            return new DecimalNumber(BigInteger.Zero, 0);
        while (value % 10 == 0)
            (value, exponent) = (value / 10, exponent + 1);
        return Math.Abs(exponent) <= MaxExponent ? new DecimalNumber(value, exponent) : null;
    }

    /// <summary>In units of ten to the minus <paramref name="places"/>, rounded down.</summary>
    public BigInteger Floor(int places)
    {
        int shift = Exponent + places;
        if (shift >= 0)
            return Digits * BigInteger.Pow(10, shift);
        var quotient = BigInteger.DivRem(Digits, BigInteger.Pow(10, -shift), out var rest);
        return rest.Sign < 0 ? quotient - 1 : quotient;
    }

    /// <summary>In units of ten to the minus <paramref name="places"/>, rounded up.</summary>
    public BigInteger Ceiling(int places) => -new DecimalNumber(-Digits, Exponent).Floor(places);
}
