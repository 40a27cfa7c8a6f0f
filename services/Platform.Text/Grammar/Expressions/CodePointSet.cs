namespace Platform.Text.Grammar;

/// <summary>A set of Unicode characters as sorted, separate ranges. Surrogates are no characters. Immutable.</summary>
internal sealed class CodePointSet
{
    /// <summary>The highest character.</summary>
    public const int Highest = 0x10FFFF;

    private CodePointSet(List<(int Low, int High)> ranges) => Ranges = ranges;

    public static CodePointSet Empty { get; } = new([]);

    public static CodePointSet All { get; } = Of([(0, Highest)]);

    /// <summary>Both ends included.</summary>
    public IReadOnlyList<(int Low, int High)> Ranges { get; }

    public bool IsEmpty => Ranges.Count == 0;

    public static CodePointSet Of(IEnumerable<(int Low, int High)> ranges)
    {
        var merged = new List<(int Low, int High)>();
        foreach (var range in ranges.SelectMany(WithoutSurrogates).Order())
        {
            if (merged.Count > 0 && range.Low <= merged[^1].High + 1)
                merged[^1] = (merged[^1].Low, Math.Max(merged[^1].High, range.High));
            else
                merged.Add(range);
        }

        return new CodePointSet(merged);
    }

    public static CodePointSet One(int character) => Of([(character, character)]);

    /// <summary>All characters for which a test holds.</summary>
    public static CodePointSet Where(Func<int, bool> holds)
    {
        var ranges = new List<(int, int)>();
        int from = -1;
        for (int c = 0; c <= Highest + 1; c++)
        {
            bool inside = c <= Highest && holds(c);
            if (inside && from < 0)
                from = c;
            if (inside || from < 0)
                continue;
            ranges.Add((from, c - 1));
            from = -1;
        }

        return Of(ranges);
    }

    public bool Contains(int character) => Ranges.Any(range => character >= range.Low && character <= range.High);

    public CodePointSet Or(CodePointSet other) => Of(Ranges.Concat(other.Ranges));

    public CodePointSet Not()
    {
        var ranges = new List<(int, int)>();
        int next = 0;
        foreach (var (low, high) in Ranges)
        {
            if (low > next)
                ranges.Add((next, low - 1));
            next = high + 1;
        }

        if (next <= Highest)
            ranges.Add((next, Highest));
        return Of(ranges);
    }

    public CodePointSet And(CodePointSet other) => Not().Or(other.Not()).Not();

    public CodePointSet Except(CodePointSet other) => And(other.Not());

    private static IEnumerable<(int Low, int High)> WithoutSurrogates((int Low, int High) range)
    {
        if (range.Low < 0xD800 && range.Low <= range.High)
            yield return (range.Low, Math.Min(range.High, 0xD7FF));
        if (range.High > 0xDFFF && range.Low <= range.High)
            yield return (Math.Max(range.Low, 0xE000), range.High);
    }
}
