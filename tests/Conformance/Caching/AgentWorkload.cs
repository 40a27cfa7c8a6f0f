using Conformance.Clients;
using Platform.Cli.Embedded;
using Platform.Engine;
using Platform.Model;

namespace Conformance.Caching;

/// <summary>Many agents that take turns on one engine whose memory does not hold all of them: what they said before must not be computed again.</summary>
public sealed class AgentWorkload(ITestOutputHelper output)
{
    private const int Sessions = 8;
    private const int Turns = 40;
    private const int Pages = 760;
    private const int Checkpoints = 20;

    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Forty_turns_of_eight_agents_in_memory_for_half_of_them_come_from_the_cache()
    {
        using var folder = new TemporaryFolder();
        await using var platform = await StartAsync(Path.Combine(folder.Path, "agents"));
        using var http = new HttpClient { BaseAddress = platform.Address };
        var sessions = Enumerable.Range(0, Sessions).Select(number => new AgentSession(http, "agents", number)).ToList();
        var turns = new List<AgentTurn>[Turns + 1];
        for (var turn = 1; turn <= Turns; turn++)
        {
            turns[turn] = [];
            foreach (var session in sessions)
                turns[turn].Add(await session.NextAsync(Patience));
        }

        Print(turns, platform.Engine.Statistics);
        var all = turns.Skip(1).SelectMany(turn => turn).ToList();
        Assert.True(platform.Engine.Statistics.PrefixEvictions > 0);
        Assert.True(Pages * 64 <= turns[Turns].Sum(turn => turn.Prompt) / 2, "The pages hold more than half of the sessions.");
        Assert.InRange(all.Sum(turn => (double)turn.Cached) / all.Sum(turn => (double)turn.Prompt), 0.9, 1);
        // Both answer a tool call: the same work, however long what lies before it has become.
        Assert.InRange(turns[Turns].Sum(turn => turn.Computed), 1, 1.5 * turns[2].Sum(turn => turn.Computed));
    }

    private void Print(List<AgentTurn>[] turns, EngineStatistics statistics)
    {
        foreach (var turn in new[] { 1, 2, 3, 4, 10, 20, 38, 39, 40 })
        {
            output.WriteLine(
                $"turn {turn,2}: {turns[turn].Average(t => t.Prompt),6:F0} prompt tokens, {turns[turn].Average(t => t.Computed),6:F1} computed, " +
                $"first token after {turns[turn].Select(t => t.FirstToken.TotalMilliseconds).Order().ElementAt(Sessions / 2):F1} ms");
        }

        var all = turns.Skip(1).SelectMany(turn => turn).ToList();
        var ratio = Median(turns[Turns]) / Median(turns[2]);
        output.WriteLine($"{all.Sum(t => (double)t.Cached) / all.Sum(t => (double)t.Prompt):P2} of {all.Sum(t => (long)t.Prompt)} prompt tokens from the cache");
        output.WriteLine($"first token of turn {Turns} against turn 2: {ratio:F2}");
        output.WriteLine(
            $"{statistics.PrefixEvictions} evictions, {statistics.Checkpoints} checkpoints of {statistics.CheckpointBytes} bytes, pages of {statistics.CachedPageBytes} bytes, " +
            $"misses {string.Join(", ", statistics.PrefixMisses.Select(miss => $"{miss.Key} {miss.Value}"))}");
    }

    private static double Median(List<AgentTurn> turns) => turns.Select(turn => turn.FirstToken.TotalMilliseconds).Order().ElementAt(turns.Count / 2);

    private static Task<EmbeddedPlatform> StartAsync(string folder)
    {
        var vocabulary = BundledVocabulary.Tiny35;
        var config = vocabulary.Apply(ReleasedShapes.Get("tiny-dense"));
        RandomCheckpoint.Write(folder, config, new RandomCheckpointOptions { Seed = 1, Vocabulary = vocabulary });
        return EmbeddedPlatform.StartAsync(
            new EmbeddedOptions
            {
                ModelDirectory = folder,
                ConfigureLogging = static _ => { },
                Model = new TextModelOptions { Threads = 2, MaxBatchedTokens = 512 },
                Engine = new EngineOptions { MaxSequences = 4, Pages = Pages, CheckpointBytes = Checkpoints * SlotBytes(folder) },
            },
            progress: null,
            Patience);
    }

    private static long SlotBytes(string folder)
    {
        using var checkpoint = Checkpoint.Open(folder);
        return TextModelMemory.Of(checkpoint, new TextModelOptions()).Slot;
    }
}
