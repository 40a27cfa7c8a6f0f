using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Engine.Tests;

/// <summary>Law 1 with the prefix cache: what comes out of it has the bits that computing gives.</summary>
public abstract class PrefixLawTests(LawModels models)
{
    [Fact]
    public void A_growing_conversation_has_the_bits_of_each_turn_alone()
    {
        using var loop = Loop(new() { Pages = 60, MaxSequences = 2 });
        Assert.Null(Converse(loop, turns: 6));
        Assert.True(loop.Bench.Counters.PrefixHits >= 5);
    }

    [Fact]
    public void Conversations_that_press_each_other_out_of_the_cache_keep_their_bits()
    {
        using var loop = Loop(new() { Pages = 9, MaxSequences = 2, CheckpointBytes = 3 * models.With(2).SlotBytes });
        Assert.Null(Converse(loop, turns: 5));
        Assert.Null(Converse(loop, turns: 5, kind: 1));
        Assert.True(loop.Bench.Counters.PrefixEvictions > 0);
    }

    [Fact]
    public void Choices_of_one_prompt_and_a_preempted_one_keep_their_bits()
    {
        var requests = Enumerable.Range(0, 3).Select(choice => Turn(150, 0) with { Choice = choice, Sampling = new() { TopK = 40 } }).ToArray();
        using var loop = Loop(new() { Pages = 60, MaxSequences = 3 });
        var sequences = requests.Select(loop.Add).ToArray();
        while (sequences[1].Generated.Length < 4)
            loop.Step();
        loop.Bench.Scheduler.Preempt(sequences[1]);
        loop.Finish();
        for (var i = 0; i < requests.Length; i++)
            Assert.Null(Plain(requests[i]).DifferenceTo(loop.Of(sequences[i])));
        Assert.Equal(3, loop.Bench.Counters.PrefixQueries);
        Assert.Equal(2, loop.Bench.Counters.PrefixHits);
    }

    [Fact]
    public void A_state_taken_one_token_early_is_noticed()
    {
        var model = EngineModel.Of(models.With(2));
        using var loop = new RecordingLoop(model with { Run = OneTokenEarly }, new() { Pages = 60, MaxSequences = 2 });
        Assert.NotNull(Converse(loop, turns: 3));

        void OneTokenEarly(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore states, StepOutput output)
        {
            foreach (var segment in segments)
            {
                if (segment.SnapshotSlots is { } slots)
                    segment.SnapshotSlots = [.. slots[1..segment.TokenCount], -1];
            }

            model.Run(segments, cache, states, output);
        }
    }

    /// <summary>The first difference between turns from the cache and turns alone, or null.</summary>
    private string? Converse(RecordingLoop loop, int turns, int kind = 0)
    {
        for (var turn = 1; turn <= turns; turn++)
        {
            var request = Turn(turn * 67, kind);
            if (Plain(request).DifferenceTo(loop.Run(request)) is { } difference)
                return $"turn {turn}: {difference}";
        }

        return null;
    }

    private static SequenceRequest Turn(int length, int kind)
    {
        var random = new Random(kind);
        return new SequenceRequest
        {
            PromptTokens = [.. Enumerable.Range(0, length).Select(_ => random.Next(200))],
            MaxTokens = 8,
            Logprobs = true,
            Seed = 3,
            Sampling = SamplingParameters.Greedy,
            CheckpointPositions = [.. Enumerable.Range(1, length / 67).Select(i => i * 67 - 5)],
        };
    }

    private Recording Plain(SequenceRequest request)
    {
        using var loop = Loop(new() { Pages = 20, MaxSequences = 1, CheckpointBytes = 0 });
        return loop.Run(request);
    }

    private RecordingLoop Loop(EngineOptions options) => new(models.With(2), options);
}

[Collection(nameof(LawOneTests))]
public sealed class PrefixLawOnTheDenseGolden(TinyDenseModels models) : PrefixLawTests(models), IClassFixture<TinyDenseModels>;

[Collection(nameof(LawOneTests))]
public sealed class PrefixLawOnTheMoeGolden(TinyMoeModels models) : PrefixLawTests(models), IClassFixture<TinyMoeModels>;

[Collection(nameof(LawOneTests))]
public sealed class PrefixLawOnTheMoeGoldenInBf16(TinyMoeBf16Models models) : PrefixLawTests(models), IClassFixture<TinyMoeBf16Models>;

public sealed class PrefixLawWithPictures
{
    private const int Placeholder = 506;

    [Fact]
    public void A_conversation_about_a_picture_has_the_bits_of_each_turn_alone_and_another_picture_shares_nothing()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-moe-vl"));
        using var model = TextModel.Load(checkpoint, new TextModelOptions { Threads = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        using var loop = new RecordingLoop(model, new() { Pages = 40 });
        SequenceRequest[] requests =
        [
            Request(model, picture: 1, 4, 6, tail: 60),
            Request(model, picture: 1, 4, 6, tail: 120),
            Request(model, picture: 2, 4, 6, tail: 120),
            Request(model, picture: 1, 6, 4, tail: 120),
        ];
        foreach (var request in requests)
        {
            using var plain = new RecordingLoop(model, new() { Pages = 40, CheckpointBytes = 0 });
            Assert.Null(plain.Run(request).DifferenceTo(loop.Run(request)));
        }

        // The second goes on from the first; the third and the fourth, the same rows on another grid, share what precedes the picture.
        Assert.Equal(76 + 20 + 20, loop.Bench.Counters.PrefixHitTokens);
    }

    private static SequenceRequest Request(TextModel model, int picture, int height, int width, int tail)
    {
        var random = new Random(picture);
        var rows = height * width / 4;
        int[] tokens = [.. Enumerable.Range(0, 20).Select(i => i * 3), .. Enumerable.Repeat(Placeholder, rows), .. Enumerable.Range(0, tail).Select(i => 7 + i * 11 % 400)];
        var values = new float[rows * model.Config.Text.HiddenSize];
        for (var i = 0; i < values.Length; i++)
            values[i] = random.NextSingle() - 0.5f;
        return new SequenceRequest
        {
            PromptTokens = tokens,
            Media = MediaPlacement.Embeddings(tokens, model.Config, values, []),
            Positions = MediaPlacement.Positions(tokens, model.Config, [new MediaGrid(1, height, width)], []),
            MaxTokens = 6,
            Logprobs = true,
            Sampling = SamplingParameters.Greedy,
            CheckpointPositions = tail == 60 ? [20, 76] : [20, 76, 136],
        };
    }
}
