using System.Net.Http.Json;
using System.Text.Json;
using System.Text.RegularExpressions;
using Platform.Cli.Embedded;
using Platform.Engine;
using Platform.Model;

namespace Conformance.Embedded;

/// <summary>Answers of a form are the same with drafts and without, character by character.</summary>
public sealed class ConstrainedDrafting : IDisposable
{
    private const string Model = "drafting";

    // Alike for the draft head and the model, so that most draws of the two agree although their weights are random.
    private const int Bias = 60;

    private static readonly string[] Words = ["a", "b", "-"];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("constrained-drafting-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Say_what_they_would_have_said_without_drafts()
    {
        var folder = WriteCheckpoint();
        var tokenizer = Platform.Text.Tokenizer.Load(folder);
        var bias = Words.ToDictionary(word => tokenizer.Encode(word).Single().ToString(System.Globalization.CultureInfo.InvariantCulture), _ => Bias);
        var (plain, _) = await AnswersAsync(folder, bias, drafts: 0);
        var (drafted, statistics) = await AnswersAsync(folder, bias, drafts: 3);
        Assert.Equal(plain, drafted);
        Assert.All(drafted, answer => Assert.Matches(new Regex("^[ab]{30,60}(-[ab]{2,9}){1,9}$"), answer));
        Assert.Null(statistics.DraftingOffReason);
        Assert.True(statistics.AcceptedDrafts.Sum() > 20, $"Only {statistics.AcceptedDrafts.Sum()} of {statistics.DraftTokens} drafts were right: nothing was shown.");
        Assert.True(statistics.AcceptedDrafts.Sum() < statistics.DraftTokens, "No draft was wrong: nothing was taken back.");
    }

    private string WriteCheckpoint()
    {
        var vocabulary = BundledVocabulary.Tiny35;
        var folder = Path.Combine(_folder.FullName, "checkpoint");
        RandomCheckpoint.Write(folder, vocabulary.Apply(ReleasedShapes.Get("tiny-moe")), new RandomCheckpointOptions { Seed = 1, Vocabulary = vocabulary });
        return folder;
    }

    private static async Task<(List<string> Answers, EngineStatistics Statistics)> AnswersAsync(string folder, Dictionary<string, int> bias, int drafts)
    {
        await using var platform = await EmbeddedPlatform.StartAsync(new EmbeddedOptions
        {
            ModelDirectory = folder,
            ModelName = Model,
            Engine = new EngineOptions { MaxSequences = 4, Pages = 256, MaxDraftTokens = drafts, DraftAlways = true },
        });
        using var http = new HttpClient { BaseAddress = platform.Address };
        List<string> answers = [];
        for (var seed = 1; seed <= 6; seed++)
            answers.Add(await AnswerAsync(http, bias, seed));
        return (answers, platform.Engine.Statistics);
    }

    private static async Task<string> AnswerAsync(HttpClient http, Dictionary<string, int> bias, int seed)
    {
        using var response = await http.PostAsJsonAsync(
            "/v1/chat/completions",
            new
            {
                model = Model,
                messages = new[] { new { role = "user", content = "hi" } },
                seed,
                temperature = seed % 2 == 0 ? 0 : 1,
                reasoning_mode = "fast",
                max_tokens = 200,
                logit_bias = bias,
                guided_regex = "[ab]{30,60}(-[ab]{2,9}){1,9}",
            },
            Cancellation);
        var body = await response.Content.ReadAsStringAsync(Cancellation);
        Assert.True(response.IsSuccessStatusCode, body);
        return JsonDocument.Parse(body).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString()!;
    }
}
