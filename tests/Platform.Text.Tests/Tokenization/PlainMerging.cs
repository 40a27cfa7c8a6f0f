using System.Text.Json;

namespace Platform.Text.Tests.Tokenization;

/// <summary>Byte pair merging as the definition says, by looking through all pairs each time, from a second reading of tiny35's file.</summary>
internal static class PlainMerging
{
    private static readonly Dictionary<string, int> Vocabulary = [];
    private static readonly Dictionary<(string Left, string Right), int> Ranks = [];
    private static readonly string[] Letters = Alphabet();

    static PlainMerging()
    {
        using var file = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Tokenizers.Tiny35Folder, "tokenizer.json")));
        var model = file.RootElement.GetProperty("model");
        foreach (var token in model.GetProperty("vocab").EnumerateObject())
            Vocabulary.Add(token.Name, token.Value.GetInt32());
        foreach (var merge in model.GetProperty("merges").EnumerateArray())
            Ranks.Add((merge[0].GetString()!, merge[1].GetString()!), Ranks.Count);
    }

    public static IEnumerable<int> Ids(byte[] piece)
    {
        var tokens = piece.Select(value => Letters[value]).ToList();
        while (true)
        {
            var best = Enumerable.Range(0, Math.Max(0, tokens.Count - 1))
                .Select(place => (Rank: Ranks.GetValueOrDefault((tokens[place], tokens[place + 1]), int.MaxValue), Place: place))
                .DefaultIfEmpty((Rank: int.MaxValue, Place: 0)).Min();
            if (best.Rank == int.MaxValue)
                return tokens.Select(token => Vocabulary[token]);
            tokens[best.Place] += tokens[best.Place + 1];
            tokens.RemoveAt(best.Place + 1);
        }
    }

    private static string[] Alphabet()
    {
        var next = 256;
        return [.. Enumerable.Range(0, 256).Select(value =>
            ((char)(value is (> 32 and < 127) or (> 160 and not 173) ? value : next++)).ToString())];
    }
}
