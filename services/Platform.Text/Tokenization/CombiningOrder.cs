using System.Globalization;
using System.Text;

namespace Platform.Text;

/// <summary>
/// Puts long runs of combining marks into canonical order, so that the platform need not: it does so by insertion, and a megabyte of marks in
/// alternating order would take it minutes. The order is learnt from the platform once, by letting it order pairs.
/// </summary>
internal sealed class CombiningOrder
{
    /// <summary>Runs up to this length are left to the platform.</summary>
    private const int LongestRunLeft = 32;

    private const string LowestMark = "\u0334";
    private const string HighestMark = "\u0345";

    private static readonly Lazy<CombiningOrder> LazyInstance = new(() => new CombiningOrder());

    /// <summary>Combining marks by code point: those that move past others, grouped so that marks of one group keep their order.</summary>
    private readonly Dictionary<int, int> _groups = [];

    /// <summary>Marks that stand for other marks.</summary>
    private readonly Dictionary<int, string> _expansions = [];

    private readonly int _groupCount;

    private CombiningOrder()
    {
        var representatives = new List<string>();
        var moving = new List<(int CodePoint, string Mark, string Representative)>();
        for (var codePoint = 0; codePoint <= 0x10FFFF; codePoint++)
        {
            if (!IsMark(codePoint))
                continue;
            var mark = char.ConvertFromUtf32(codePoint);
            var decomposed = mark.Normalize(NormalizationForm.FormD);
            if (decomposed != mark)
                _expansions.Add(codePoint, decomposed);
            else if (Swap(mark, LowestMark) || Swap(HighestMark, mark))
                moving.Add((codePoint, mark, Representative(mark, representatives)));
        }
        _groupCount = representatives.Count;
        foreach (var (codePoint, _, representative) in moving)
            _groups.Add(codePoint, representatives.IndexOf(representative));
    }

    /// <summary>Canonically equivalent text in which no long run of marks is out of order; the text itself if there is no long run.</summary>
    public static ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        StringBuilder? ordered = null;
        var copied = 0;
        for (var index = 0; index < text.Length;)
        {
            if ((CharacterClasses.At(text, index, out var units) & CharacterClasses.Mark) == 0)
            {
                index += units;
                continue;
            }
            var end = RunEnd(text, index);
            if (end - index > LongestRunLeft)
            {
                ordered ??= new StringBuilder(text.Length);
                ordered.Append(text[copied..index]);
                LazyInstance.Value.AppendOrdered(text[index..end], ordered);
                copied = end;
            }
            index = end;
        }
        return ordered is null ? text : ordered.Append(text[copied..]).ToString();
    }

    private static int RunEnd(ReadOnlySpan<char> text, int index)
    {
        while (index < text.Length && (CharacterClasses.At(text, index, out var units) & CharacterClasses.Mark) != 0)
            index += units;
        return index;
    }

    /// <summary>Sorts each stretch of moving marks by group, equals in their order; other marks stay where they are.</summary>
    private void AppendOrdered(ReadOnlySpan<char> run, StringBuilder ordered)
    {
        var groups = new StringBuilder?[_groupCount];
        foreach (var rune in Expand(run).EnumerateRunes())
        {
            if (_groups.TryGetValue(rune.Value, out var group))
            {
                (groups[group] ??= new StringBuilder()).Append(rune.ToString());
                continue;
            }
            AppendAndClear(groups, ordered);
            ordered.Append(rune.ToString());
        }
        AppendAndClear(groups, ordered);
    }

    private static void AppendAndClear(StringBuilder?[] groups, StringBuilder ordered)
    {
        foreach (var group in groups)
        {
            ordered.Append(group);
            group?.Clear();
        }
    }

    private string Expand(ReadOnlySpan<char> run)
    {
        var expanded = new StringBuilder(run.Length);
        foreach (var rune in run.EnumerateRunes())
            expanded.Append(_expansions.GetValueOrDefault(rune.Value) ?? rune.ToString());
        return expanded.ToString();
    }

    private static bool IsMark(int codePoint) => CharUnicodeInfo.GetUnicodeCategory(codePoint)
        is UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark;

    /// <summary>The mark of the sorted list in whose group this one is; the mark itself, put in its place, if there is none yet.</summary>
    private static string Representative(string mark, List<string> sorted)
    {
        var (low, high) = (0, sorted.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Swap(sorted[middle], mark))
                high = middle;
            else if (Swap(mark, sorted[middle]))
                low = middle + 1;
            else
                return sorted[middle];
        }
        sorted.Insert(low, mark);
        return mark;
    }

    private static bool Swap(string first, string second) => (first + second).Normalize(NormalizationForm.FormD) != first + second;
}
