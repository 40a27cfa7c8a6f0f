using System.Text;
using System.Text.Json;
using Platform.Text;
using Platform.Text.Output;
using TextTokenizer = Platform.Text.Tokenizer;

namespace Platform.Cli.Verify;

/// <summary>Compares parsed replies with stored ones, each in several chunkings: one row per case.</summary>
internal static class OutputGoldens
{
    private const int RandomChunkings = 64;
    private const string TokenizerFolder = "tokenizer/tiny35";

    /// <summary>Verifies a file of one JSON object per line. Chunks of tokens are tried where the small vocabulary lies beside it.</summary>
    /// <param name="jsonl">The file; its form is described beside the goldens.</param>
    public static IReadOnlyList<GoldenRow> Run(string jsonl)
    {
        var tokenizer = TokenizerBeside(jsonl);
        var rows = new List<GoldenRow>();
        int line = 0;
        foreach (string text in File.ReadLines(jsonl))
        {
            line++;
            if (!string.IsNullOrWhiteSpace(text))
                rows.Add(Case(text, line, tokenizer));
        }

        return rows;
    }

    private static TextTokenizer? TokenizerBeside(string jsonl)
    {
        string goldens = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(jsonl))!, "..");
        string folder = Path.Combine(goldens, TokenizerFolder);
        return Directory.Exists(folder) ? TextTokenizer.Load(folder) : null;
    }

    private static GoldenRow Case(string text, int line, TextTokenizer? tokenizer)
    {
        try
        {
            var json = JsonElement.Parse(text, new JsonDocumentOptions { MaxDepth = 512 });
            return Compare(json, tokenizer);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            return new GoldenRow($"line {line}", GoldenVerdict.NotCompared, "exact", Note: $"no case of the known form: {error.Message}");
        }
    }

    private static GoldenRow Compare(JsonElement json, TextTokenizer? tokenizer)
    {
        string name = json.GetProperty("name").GetString()!;
        string reply = json.GetProperty("text").GetString()!;
        string expected = CanonicalJson.Of(json.GetProperty("expected"));
        bool reachedLength = json.GetProperty("finish").GetString() == "length";
        var options = Options(json);
        var survived = new List<string>();
        foreach (var (chunking, chunks) in Chunkings(reply, tokenizer))
        {
            string found = Canonical(Parse(options, chunks, reachedLength));
            if (found != expected)
            {
                return new GoldenRow(
                    name, GoldenVerdict.Failed, chunking, Note: StringDifference.Describe(found, expected)
                    + (survived.Count == 0 ? string.Empty : $" (right: {string.Join(", ", survived)})"));
            }

            if (!chunking.StartsWith("random", StringComparison.Ordinal))
                survived.Add(chunking);
        }

        return new GoldenRow(name, GoldenVerdict.Passed, $"{string.Join(", ", survived)}, {RandomChunkings} random chunkings");
    }

    private static OutputParserOptions Options(JsonElement json) => new()
    {
        StartInReasoning = json.GetProperty("start").GetString() == "reasoning",
        Tools = json.TryGetProperty("tools", out var tools) ? tools : null,
        ToolCallsAllowed = !json.TryGetProperty("tool_choice", out var choice) || choice.ToString() != "none",
        StopStrings = json.TryGetProperty("stop", out var stop) ? StopStrings(stop) : [],
    };

    private static string[] StopStrings(JsonElement stop) => stop.ValueKind == JsonValueKind.String
        ? [stop.GetString()!]
        : [.. stop.EnumerateArray().Select(entry => entry.GetString()!)];

    private static ParsedOutput Parse(OutputParserOptions options, IEnumerable<string> chunks, bool reachedLength)
    {
        var parser = new OutputParser(options);
        var deltas = chunks.SelectMany(parser.Append).ToList();
        deltas.AddRange(parser.Finish(reachedLength));
        return ParsedOutput.Of(deltas, parser.FinishReason);
    }

    private static IEnumerable<(string Name, IEnumerable<string> Chunks)> Chunkings(string reply, TextTokenizer? tokenizer)
    {
        yield return ("whole", [reply]);
        yield return ("per character", reply.Select(c => c.ToString()));
        yield return ("per byte", Decoded(Encoding.UTF8.GetBytes(reply).Chunk(1)));
        // The tokenizer composes characters, so text that is not composed cannot be cut into its tokens.
        if (tokenizer is not null && reply.IsNormalized(NormalizationForm.FormC))
        {
            yield return ("per token", Tokens(tokenizer, reply, SpecialTokens.Parse));
            yield return ("per token, tags spelled", Tokens(tokenizer, reply, SpecialTokens.AsText));
        }

        for (int seed = 0; seed < RandomChunkings; seed++)
            yield return ($"random chunks, seed {seed}", RandomChunks(reply, seed));
    }

    private static IEnumerable<string> Tokens(TextTokenizer tokenizer, string reply, SpecialTokens specialTokens) =>
        Decoded(tokenizer.Encode(reply.AsSpan(), specialTokens).Select(id => tokenizer.TokenBytes(id).ToArray()));

    private static IEnumerable<string> Decoded(IEnumerable<byte[]> pieces)
    {
        var decoder = new Utf8StreamDecoder();
        foreach (byte[] piece in pieces)
            yield return decoder.Append(piece);
        yield return decoder.Flush();
    }

    private static IEnumerable<string> RandomChunks(string reply, int seed)
    {
        var random = new Random(seed);
        for (int at = 0; at < reply.Length;)
        {
            int length = Math.Min(1 + random.Next(random.Next(2) == 0 ? 3 : 30), reply.Length - at);
            yield return reply.Substring(at, length);
            at += length;
        }
    }

    private static string Canonical(ParsedOutput output) => CanonicalJson.Object(
    [
        new("reasoning", CanonicalJson.String(output.Reasoning)),
        new("content", CanonicalJson.String(output.Content)),
        new("tool_calls", "[" + string.Join(",", output.ToolCalls.Select(Canonical)) + "]"),
        new("finish_reason", CanonicalJson.String(output.FinishReason)),
    ]);

    private static string Canonical(ParsedToolCall call) => CanonicalJson.Object(
    [
        new("name", CanonicalJson.String(call.Name)),
        new("arguments", CanonicalJson.Of(JsonElement.Parse(call.Arguments, new JsonDocumentOptions { MaxDepth = 512 }))),
    ]);
}
