using System.Globalization;

namespace Platform.Text.Chat;

/// <summary>Prints a JSON number as Python would after reading it: whole numbers of any size, floats by <c>repr</c>.</summary>
internal static class PythonNumber
{
    /// <summary>From this decimal exponent on, <c>repr</c> of a float uses an exponent.</summary>
    private const int LargestFixedExponent = 16;

    private const int SmallestFixedExponent = -4;

    /// <summary><c>str()</c>: an overflowing float is <c>inf</c>.</summary>
    public static string Str(string raw) => Print(raw, "inf");

    /// <summary><c>json.dumps</c>: an overflowing float is <c>Infinity</c>.</summary>
    public static string Json(string raw) => Print(raw, "Infinity");

    private static string Print(string raw, string infinity)
    {
        if (raw.AsSpan().IndexOfAny('.', 'e', 'E') < 0)
            return raw == "-0" ? "0" : raw;
        double value = double.Parse(raw, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (double.IsInfinity(value))
            return value < 0 ? "-" + infinity : infinity;
        string sign = double.IsNegative(value) ? "-" : string.Empty;
        return sign + Repr(Math.Abs(value));
    }

    private static string Repr(double value)
    {
        if (value == 0)
            return "0.0";
        var (digits, exponent) = ShortestDigits(value);
        if (exponent is < SmallestFixedExponent or >= LargestFixedExponent)
            return Scientific(digits, exponent);
        if (exponent < 0)
            return "0." + new string('0', -exponent - 1) + digits;
        if (digits.Length <= exponent + 1)
            return digits + new string('0', exponent + 1 - digits.Length) + ".0";
        return digits[..(exponent + 1)] + "." + digits[(exponent + 1)..];
    }

    private static string Scientific(string digits, int exponent)
    {
        string mantissa = digits.Length == 1 ? digits : digits[..1] + "." + digits[1..];
        return mantissa + "e" + (exponent < 0 ? "-" : "+") + Math.Abs(exponent).ToString("00", CultureInfo.InvariantCulture);
    }

    /// <summary>The fewest digits that read back as the same double, and the decimal exponent of the first.</summary>
    private static (string Digits, int Exponent) ShortestDigits(double value)
    {
        string text = value.ToString("R", CultureInfo.InvariantCulture);
        int mark = text.IndexOf('E', StringComparison.Ordinal);
        int exponent = mark < 0 ? 0 : int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        string mantissa = mark < 0 ? text : text[..mark];
        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        exponent += (point < 0 ? mantissa.Length : point) - 1;
        string all = mantissa.Replace(".", string.Empty, StringComparison.Ordinal);
        string digits = all.TrimStart('0');
        return (digits.TrimEnd('0'), exponent - (all.Length - digits.Length));
    }
}
