using System.Numerics;

namespace Platform.Text.Grammar;

/// <summary>
/// Draws numbers within bounds, written without an exponent: at most <see cref="MaxWholeDigits"/> digits before the point and a given
/// number after it. With its places fixed a number is a whole number, so that comparing it with a bound is comparing digits.
/// </summary>
internal sealed class NumberRules
{
    /// <summary>Digits before the point at most, so that integers fit 64 bits.</summary>
    public const int MaxWholeDigits = 18;

    /// <summary>Digits after the point at most.</summary>
    public const int MaxFractionDigits = 15;

    private readonly RuleBuilder _rule;
    private readonly int _fraction;
    private readonly int _multiple;
    private readonly string _low;
    private readonly string _high;
    private readonly Dictionary<(int Places, bool TightLow, bool TightHigh, int Remainder, bool InFraction), int> _states = [];

    // Bounds are written with all their places, from the highest one down.
    private NumberRules(RuleBuilder rule, int fraction, int multiple, BigInteger low, BigInteger high)
    {
        _rule = rule;
        _fraction = fraction;
        _multiple = multiple;
        int places = MaxWholeDigits + fraction;
        _low = low.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(places, '0');
        _high = high.ToString(System.Globalization.CultureInfo.InvariantCulture).PadLeft(places, '0');
    }

    /// <summary>The largest value of so many digits after the point, as a whole number of the smallest place.</summary>
    public static BigInteger Largest(int fraction) => BigInteger.Pow(10, MaxWholeDigits + fraction) - 1;

    /// <summary>A rule for numbers from <paramref name="low"/> to <paramref name="high"/>.</summary>
    /// <param name="grammar">Where it is drawn.</param>
    /// <param name="fraction">Digits after the point at most; 0: whole numbers.</param>
    /// <param name="low">In units of the last digit, like <paramref name="high"/>; both within <see cref="Largest"/>.</param>
    /// <param name="high">Included.</param>
    /// <param name="multiple">The numbers are multiples of so many units; 1: all are.</param>
    public static int Between(GrammarBuilder grammar, int fraction, BigInteger low, BigInteger high, int multiple)
    {
        var rule = grammar.Rule();
        if (high >= 0 && low <= high)
            new NumberRules(rule, fraction, multiple, BigInteger.Max(low, 0), high).Draw(rule.Start);
        if (low < 0)
        {
            int digits = rule.State();
            rule.Byte(rule.Start, '-', digits);
            // Without a minus zero.
            new NumberRules(rule, fraction, multiple, BigInteger.Max(-high, 1), -low).Draw(digits);
        }

        return rule.Id;
    }

    /// <summary>A rule for any number, with an exponent or without.</summary>
    public static int Any(GrammarBuilder grammar)
    {
        var rule = grammar.Rule();
        int whole = rule.State();
        rule.Free(rule.Start, whole);
        rule.Byte(rule.Start, '-', whole);
        int afterWhole = rule.State();
        rule.Byte(whole, '0', afterWhole);
        int digit = rule.State();
        rule.Bytes(whole, '1', '9', digit);
        Digits(rule, digit, MaxWholeDigits - 1, afterWhole);

        int point = rule.State();
        rule.Byte(afterWhole, '.', point);
        int fraction = rule.State();
        rule.Bytes(point, '0', '9', fraction);
        int afterFraction = rule.State();
        Digits(rule, fraction, MaxFractionDigits - 1, afterFraction);
        rule.Free(afterWhole, afterFraction);

        int sign = rule.State();
        rule.Byte(afterFraction, 'e', sign);
        rule.Byte(afterFraction, 'E', sign);
        int exponent = rule.State();
        rule.Free(sign, exponent);
        rule.Byte(sign, '+', exponent);
        rule.Byte(sign, '-', exponent);
        int first = rule.State();
        rule.Bytes(exponent, '0', '9', first);
        Digits(rule, first, 1, rule.End);
        rule.Free(afterFraction, rule.End);
        return rule.Id;
    }

    private static void Digits(RuleBuilder rule, int from, int max, int to)
    {
        rule.Free(from, to);
        for (int i = 0; i < max; i++)
        {
            int next = rule.State();
            rule.Bytes(from, '0', '9', next);
            rule.Free(next, to);
            from = next;
        }
    }

    private void Draw(int from)
    {
        for (int whole = 1; whole <= MaxWholeDigits; whole++)
        {
            int places = whole + _fraction;
            int above = _low.Length - places;
            if (_low.AsSpan(0, above).ContainsAnyExcept('0'))
                continue;
            bool belowHigh = _high.AsSpan(0, above).ContainsAnyExcept('0');
            Digit(from, places, tightLow: true, tightHigh: !belowHigh, 0, false, leading: whole > 1);
        }
    }

    /// <summary>The state with so many places still to write.</summary>
    private int State(int places, bool tightLow, bool tightHigh, int remainder, bool inFraction)
    {
        var key = (places, tightLow, tightHigh, remainder, inFraction);
        if (_states.TryGetValue(key, out int known))
            return known;
        int state = _rule.State();
        _states[key] = state;
        if (places > _fraction)
        {
            Digit(state, places, tightLow, tightHigh, remainder, false, leading: false);
            return state;
        }

        if (MayStop(places, tightLow, remainder))
            _rule.Free(state, _rule.End);
        if (places == 0)
            return state;
        int digit = state;
        if (!inFraction)
        {
            digit = _rule.State();
            _rule.Byte(state, '.', digit);
        }

        Digit(digit, places, tightLow, tightHigh, remainder, true, leading: false);
        return state;
    }

    // The places that are not written are zeros: never above the upper bound, and not below the lower one if that ends in zeros too.
    private bool MayStop(int places, bool tightLow, int remainder)
    {
        if (tightLow && _low.AsSpan(_low.Length - places).ContainsAnyExcept('0'))
            return false;
        return BigInteger.ModPow(10, places, _multiple) * remainder % _multiple == 0;
    }

    private void Digit(int from, int places, bool tightLow, bool tightHigh, int remainder, bool inFraction, bool leading)
    {
        int low = tightLow ? _low[^places] - '0' : 0;
        int high = tightHigh ? _high[^places] - '0' : 9;
        for (int digit = Math.Max(low, leading ? 1 : 0); digit <= high;)
        {
            bool staysLow = tightLow && digit == low;
            bool staysHigh = tightHigh && digit == high;
            int last = digit;
            // Digits strictly between the bounds go the same way.
            if (!staysLow && !staysHigh && _multiple == 1)
                last = tightHigh ? high - 1 : high;
            int next = ((remainder * 10) + digit) % _multiple;
            _rule.Bytes(from, '0' + digit, '0' + last, State(places - 1, staysLow, staysHigh, next, inFraction));
            digit = last + 1;
        }
    }
}
