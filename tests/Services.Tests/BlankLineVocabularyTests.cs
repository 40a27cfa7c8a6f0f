using System.Text;
using System.Text.Json.Nodes;
using Platform.Cli.Embedded;
using Platform.Contracts;
using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;
using Platform.Engine;

namespace Services.Tests;

/// <summary>The automatic decision in a vocabulary with a token for a blank line, as the released ones have.</summary>
public sealed class BlankLineVocabularyTests
{
    [Fact]
    public async Task The_first_token_decides_between_a_blank_line_and_a_newline()
    {
        using var folder = new CheckpointWithBlankLine();
        await using var platform = await EmbeddedPlatform.StartAsync(
            new EmbeddedOptions
            {
                ModelDirectory = folder.Path,
                ModelName = Goldens.Model,
                IncludeGateway = false,
                ConfigureLogging = static _ => { },
                Model = new TextModelOptions { Threads = 1, MaxBatchedTokens = 128 },
                Engine = new EngineOptions { MaxSequences = 2, Pages = 32 },
            },
            progress: null,
            TestContext.Current.CancellationToken);
        var tokenizer = new Tokenization.TokenizationClient(platform.Sidecar.For(AppIds.Tokenizer));
        var decoder = new Decoding.DecodingClient(platform.Sidecar.For("decoder"));
        var newline = Assert.Single((await tokenizer.EncodeAsync("\n"u8.ToArray())).Ids);
        var blankLine = Assert.Single((await tokenizer.EncodeAsync("\n\n"u8.ToArray())).Ids);
        var emptyBlock = (await tokenizer.EncodeAsync("\n\n</think>\n\n"u8.ToArray(), SpecialTokens.Parse)).Ids;
        var prompt = (await tokenizer.RenderAsync(
            Encoding.UTF8.GetBytes("""{"messages":[{"role":"user","content":"Hello"}]}"""),
            new RenderChatOptions { AddGenerationPrompt = true, ReasoningMode = ReasoningMode.Auto })).Ids;

        var ratio = MathF.Exp(await LogprobAsync(decoder, prompt, blankLine) - await LogprobAsync(decoder, prompt, newline));
        var close = ratio / (1 + ratio);
        foreach (var (threshold, mode, written) in new[]
        {
            (close * 0.99f, ReasoningMode.Fast, emptyBlock),
            (close * 1.01f, ReasoningMode.Thinking, [newline]),
        })
        {
            var start = DecoderCalls.Greedy(6);
            start.Reasoning = new ReasoningControl { Decide = true, CloseThreshold = threshold };
            var events = await decoder.GenerateAsync(start, prompt);
            Assert.Equal(mode, events[1].ReasoningMode);
            Assert.Equal(written, events.Ids().Take(written.Length));
        }
    }

    private static async Task<float> LogprobAsync(Decoding.DecodingClient decoder, int[] prompt, int id)
    {
        var start = DecoderCalls.Greedy(1);
        start.Logprobs = true;
        start.Sampling.LogitBias[id] = 1000;
        return (await decoder.GenerateAsync(start, prompt)).Single(e => e.Tokens is not null).Tokens.Tokens_.Single().Logprob;
    }

    /// <summary>The end-to-end checkpoint with one token more: an unused row stands for the blank line.</summary>
    private sealed class CheckpointWithBlankLine : IDisposable
    {
        private const int UnusedRow = 8033;

        public CheckpointWithBlankLine()
        {
            foreach (var file in Directory.EnumerateFiles(Goldens.EndToEnd))
                File.Copy(file, System.IO.Path.Combine(Path, System.IO.Path.GetFileName(file)));
            var tokenizer = System.IO.Path.Combine(Path, "tokenizer.json");
            var json = JsonNode.Parse(File.ReadAllBytes(tokenizer))!;
            json["model"]!["vocab"]!["ĊĊ"] = UnusedRow;
            var merges = json["model"]!["merges"]!.AsArray();
            merges.Add(merges[0] is JsonArray ? new JsonArray("Ċ", "Ċ") : JsonValue.Create("Ċ Ċ"));
            File.WriteAllText(tokenizer, json.ToJsonString());
        }

        public string Path { get; } = Directory.CreateTempSubdirectory("blank-line").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
