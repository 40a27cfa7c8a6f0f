using System.Globalization;
using System.Text.Json;
using Platform.Text;
using TextTokenizer = Platform.Text.Tokenizer;

namespace Platform.Cli.Verify;

/// <summary>
/// Verifies a tokenizer against a file of cases, one JSON object a line. What a vocabulary can be asked depends on its own split: <c>ids</c> are
/// of that split; with Qwen3's also <c>ids_s35</c> and <c>pieces_s35</c>, under Qwen3.5's split forced upon the same vocabulary.
/// </summary>
internal static class TokenizerGoldens
{
    /// <summary>Compares every aspect of every case.</summary>
    /// <param name="tokenizerJson">A tokenizer.json, or a folder with a tokenizer's files.</param>
    /// <param name="casesJsonl">The cases.</param>
    /// <returns>A row per aspect with its counts, each preceded by a row per case that differs.</returns>
    public static IReadOnlyList<GoldenRow> Run(string tokenizerJson, string casesJsonl)
    {
        var tokenizer = TextTokenizer.Load(tokenizerJson);
        var cases = Read(casesJsonl);
        var rows = new List<GoldenRow>();
        foreach (var aspect in Aspects(tokenizer, () => TextTokenizer.Load(tokenizerJson, SplitRule.Qwen35)))
            rows.AddRange(Judge(aspect, cases));
        rows.AddRange(UnknownFields(cases));
        if (rows.Count == 0)
            rows.Add(new GoldenRow("ids", GoldenVerdict.NotCompared, "exact", Note: "no case has a field that could be compared"));
        return rows;
    }

    /// <summary>The comparisons that apply to this vocabulary.</summary>
    private static List<Aspect> Aspects(TextTokenizer tokenizer, Func<TextTokenizer> withSplitOfQwen35)
    {
        var aspects = new List<Aspect>
        {
            new("ids", "ids", test => Ids(test.Ids("ids"), tokenizer.Encode(test.Text, SpecialTokens.Parse))),
            new("ids_plain", "ids", test => Ids(test.Ids("ids_plain", "ids"), tokenizer.Encode(test.Text))),
            new("decoded", "decoded", test => Text(test.Decoded(), tokenizer.Decode(test.Ids("ids")))),
            new("decoded_skip_special", "decoded", test => Text(
                test.String("decoded_skip_special") ?? test.Decoded(), tokenizer.Decode(test.Ids("ids"), skipSpecial: true))),
        };
        var other = tokenizer;
        if (tokenizer.Split == SplitRule.Qwen3)
        {
            other = withSplitOfQwen35();
            aspects.Add(new("ids_s35", "pieces_s35", test => Ids(
                test.Ids("ids_s35", "ids"), other.Encode(test.Text, SpecialTokens.Parse))));
            aspects.Add(new("ids_s35_plain", "pieces_s35", test => Ids(
                test.Ids("ids_s35_plain", "ids_s35", "ids"), other.Encode(test.Text))));
        }
        aspects.Add(new("pieces_s35", "pieces_s35", test => Pieces(test.Strings("pieces_s35"), other.SplitIntoPieces(test.Text))));
        return aspects;
    }

    private static IEnumerable<GoldenRow> Judge(Aspect aspect, IReadOnlyList<TokenizerCase> cases)
    {
        var (compared, different) = (0, 0);
        foreach (var test in cases.Where(test => test.Has(aspect.NeededField)))
        {
            compared++;
            if (Difference(aspect, test) is not { } difference)
                continue;
            different++;
            yield return new GoldenRow($"{test.Id} {aspect.Name}", GoldenVerdict.Failed, "exact", Note: $"{test.Kind}: {difference}");
        }
        if (compared > 0)
        {
            yield return new GoldenRow(
                aspect.Name, different == 0 ? GoldenVerdict.Passed : GoldenVerdict.Failed, "exact", MaxError: different, Tolerance: 0,
                Note: string.Create(CultureInfo.InvariantCulture, $"{compared - different} of {compared} cases equal"));
        }
    }

    private static string? Difference(Aspect aspect, TokenizerCase test)
    {
        try
        {
            return aspect.Compare(test);
        }
        catch (Exception exception) when (exception is InvalidOperationException or FormatException or KeyNotFoundException)
        {
            return $"the case cannot be read: {exception.Message}";
        }
    }

    private static IEnumerable<GoldenRow> UnknownFields(IReadOnlyList<TokenizerCase> cases) =>
        cases.SelectMany(test => test.UnknownFields()).GroupBy(field => field, StringComparer.Ordinal).Select(group => new GoldenRow(
            group.Key, GoldenVerdict.NotCompared, "-", Note: $"a field that this version does not know, in {group.Count()} cases"));

    private static List<TokenizerCase> Read(string path)
    {
        var cases = new List<TokenizerCase>();
        var number = 0;
        foreach (var line in File.ReadLines(path))
        {
            number++;
            if (!string.IsNullOrWhiteSpace(line))
                cases.Add(TokenizerCase.Parse(line, $"{path}, line {number}"));
        }
        return cases.Count > 0 ? cases : throw new InvalidDataException($"{path} holds no case: one JSON object a line is needed.");
    }

    private static string? Ids(int[] expected, int[] found)
    {
        var common = expected.AsSpan().CommonPrefixLength(found);
        return common == expected.Length && common == found.Length
            ? null
            : $"{found.Length} ids, {expected.Length} needed; at {common}: found {At(found, common)}, needed {At(expected, common)}";
    }

    private static string At(int[] ids, int index) => index < ids.Length ? ids[index].ToString(CultureInfo.InvariantCulture) : "the end";

    private static string? Text(string expected, string found)
    {
        var common = expected.AsSpan().CommonPrefixLength(found);
        return common == expected.Length && common == found.Length
            ? null
            : $"{found.Length} characters, {expected.Length} needed; the first difference is at {common}";
    }

    private static string? Pieces(string[] expected, IReadOnlyList<string> found)
    {
        if (expected.SequenceEqual(found, StringComparer.Ordinal))
            return null;
        var common = expected.Zip(found).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"{found.Count} pieces, {expected.Length} needed; at {common}: found {Quoted(found.ElementAtOrDefault(common))}, " +
            $"needed {Quoted(expected.ElementAtOrDefault(common))}";
    }

    private static string Quoted(string? piece) => piece is null ? "the end" : JsonSerializer.Serialize(piece);

    /// <param name="Name">What the summary row is called.</param>
    /// <param name="NeededField">Cases without this field are not asked.</param>
    /// <param name="Compare">The difference found, or null.</param>
    private sealed record Aspect(string Name, string NeededField, Func<TokenizerCase, string?> Compare);
}
