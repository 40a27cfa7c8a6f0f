namespace Platform.Engine.Tests.Drafting;

/// <summary>One line of the matrix: what the requests ask for and what happens while they run.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Requests">Made anew for each run, because rules remember.</param>
/// <param name="Options">The engine's, without drafting.</param>
/// <param name="AfterStep">Disturbs the run, or null.</param>
/// <param name="Continue">Makes a second wave: each request's continuation with what it was answered, or null.</param>
internal sealed record DraftCell(
    string Name,
    Func<SequenceRequest[]> Requests,
    EngineOptions Options,
    Action<LoopBench, Sequence[]>? AfterStep = null,
    Func<SequenceRequest, int[], SequenceRequest>? Continue = null);

/// <summary>Runs each cell plainly and with drafts that are right never, half the time and always.</summary>
internal static class DraftMatrix
{
    public const int Drafts = 3;

    private const int Sequences = 4;
    private const int AnswerTokens = 150;

    public static IEnumerable<DraftCell> Cells(bool greedy)
    {
        var plain = new EngineOptions { Pages = 40, MaxSequences = Sequences, OutboxCapacity = 64, MaxPrefillBesideDecode = 1 << 20 };
        yield return new("plain", () => Requests(greedy), plain);
        yield return new("penalties and bias", () => Requests(greedy, request => request with
        {
            Sampling = request.Sampling with
            {
                PresencePenalty = 0.6f,
                FrequencyPenalty = 0.3f,
                RepetitionPenalty = 1.2f,
                LogitBias = new Dictionary<int, float> { [3] = 1.5f, [9] = -4 },
            },
        }), plain);
        yield return new("log-probabilities", () => Requests(greedy, request => request with { TopLogprobs = 5 }), plain);
        yield return new("stop ids", () => Requests(greedy, request => request with { StopTokenIds = [5, 11] }, sequences: 44, tokens: 50), plain);
        yield return new("stop rule", () => Requests(greedy, request => request with { Stop = RememberingStop() }, sequences: 24), plain);
        yield return new("constraint", () => Requests(greedy, request => request with { Constraint = RememberingConstraint(), Logprobs = true }), plain);
        yield return new("replayed", () => Requests(greedy, request => request with { ReplayTokens = [4, 8, 15, 16, 23], Logprobs = true }), plain);
        yield return new("page border", () => Requests(greedy, sequences: 48, prompt: i => 55 + i % 12, tokens: 24), plain);
        yield return new("preempted", () => Requests(greedy), plain, PreemptNowAndThen);
        yield return new("short of pages", () => Requests(greedy, sequences: 8, prompt: i => 40 + 15 * i), plain with { Pages = 8 });
        // Each prompt is asked for four times; the later ones start from a checkpoint within or at the end of a page.
        yield return new("prefix cache", () => Requests(greedy, Checkpointed, sequences: 16, prompt: i => 62 + i / 4), plain);
        yield return new("turn continued", () => Requests(greedy), plain, Continue: (request, answer) => request with
        {
            PromptTokens = [.. request.PromptTokens, .. answer, 1, 2, 3],
            MaxTokens = 20,
        });
        yield return new("slow reader", () => Requests(greedy, sequences: 14), plain with { OutboxCapacity = 5 });
    }

    /// <summary>Compares and returns how often each number of drafts was accepted.</summary>
    public static int[] Run(DraftCell cell, EngineModel model, int vocab, Func<KvCache, RowSampler, IDraftSource?> head)
    {
        var expected = Plain(cell, model);
        var counts = new int[Drafts + 1];
        foreach (var probability in new[] { 0, 0.5, 1 })
        {
            var run = WithDrafts(cell, model, vocab, expected, probability, head);
            if (expected.DifferenceTo(run) is { } difference)
                Assert.Fail($"{cell.Name}, drafts right with probability {probability}: {difference}");
            for (var i = 0; i < counts.Length; i++)
                counts[i] += run.Accepted[i];
            if (cell.Name is "prefix cache" or "turn continued")
                Assert.InRange(run.CachedTokens, 600, int.MaxValue);
        }

        return counts;
    }

    /// <summary>No drafts, nothing from a cache.</summary>
    public static DraftRun Plain(DraftCell cell, EngineModel model)
    {
        var options = cell.Options with { MaxDraftTokens = 0, PrefixCacheBytes = 0 };
        var first = DraftRun.Of(model, options, cell.Requests(), cell.AfterStep);
        return cell.Continue is null ? first : DraftRun.Of(model, options, Waves(cell, first), cell.AfterStep);
    }

    public static DraftRun WithDrafts(
        DraftCell cell, EngineModel model, int vocab, DraftRun expected, double probability, Func<KvCache, RowSampler, IDraftSource?>? head = null)
    {
        var waves = Waves(cell, expected);
        var answers = new Dictionary<SequenceRequest, int[]>(ReferenceEqualityComparer.Instance);
        foreach (var request in waves.SelectMany(wave => wave))
            answers[request] = [.. request.ReplayTokens, .. expected.Tokens(answers.Count)];
        var drafting = model with
        {
            CreateDraftSource = (cache, sampler) => new ScriptedDrafts(answers, probability, head?.Invoke(cache, sampler)) { Vocab = vocab },
        };
        var options = cell.Options with { MaxDraftTokens = Drafts, MaxDraftingSequences = Sequences, DraftAlways = true };
        return DraftRun.Of(drafting, options, waves, cell.AfterStep);
    }

    private static SequenceRequest[][] Waves(DraftCell cell, DraftRun first)
    {
        var requests = cell.Requests();
        return cell.Continue is null ? [requests] : [requests, [.. requests.Select((request, i) => cell.Continue(request, first.Tokens(i)))]];
    }

    private static SequenceRequest Checkpointed(SequenceRequest request) => request with
    {
        PromptTokens = [.. Enumerable.Range(0, request.PromptTokens.Length).Select(at => at * 11 % LedgerModel.Vocab)],
        CheckpointPositions = [40, request.PromptTokens.Length - 1],
        MaxTokens = 60,
        Logprobs = true,
    };

    private static SequenceRequest[] Requests(
        bool greedy, Func<SequenceRequest, SequenceRequest>? change = null, int sequences = 6, Func<int, int>? prompt = null, int tokens = AnswerTokens)
    {
        var requests = new SequenceRequest[sequences];
        for (var i = 0; i < sequences; i++)
        {
            var request = new SequenceRequest
            {
                PromptTokens = [.. Enumerable.Range(0, prompt?.Invoke(i) ?? 10 + 9 * i).Select(at => (at * 7 + i * 5) % LedgerModel.Vocab)],
                MaxTokens = tokens,
                Seed = (ulong)i / 2,
                Choice = i % 2,
                Sampling = greedy ? SamplingParameters.Greedy : new() { Temperature = 1.1f, TopP = 0.95f, TopK = 40 },
            };
            requests[i] = change?.Invoke(request) ?? request;
        }

        return requests;
    }

    /// <summary>Ends on a sum over all tokens it was told, so that a token told twice, or one that was taken back, changes the end.</summary>
    private static StopRule RememberingStop()
    {
        var (sum, count) = (17, 0);
        return token =>
        {
            sum = (sum * 31 + token) & 0xFFFFFF;
            return ++count > 20 && sum % 29 == 0;
        };
    }

    /// <summary>Allows ids by the last token and remembers all it has read; being shown a token that is later taken back makes it throw.</summary>
    private static TokenConstraintRule RememberingConstraint()
    {
        var read = new List<int>();
        return (in GenerationProgress progress) =>
        {
            var generated = progress.Generated.ToArray();
            if (generated.Length < read.Count || !generated[..read.Count].SequenceEqual(read))
                throw new InvalidOperationException("The constraint was shown a token that was taken back.");
            read.AddRange(generated[read.Count..]);
            if (generated.Length % 10 == 9)
                return TokenConstraint.Forced(generated.Length % LedgerModel.Vocab);
            var last = generated.Length == 0 ? 0 : generated[^1];
            return TokenConstraint.Allowed([0x5555_5555_5555UL << (last % 2), 0x0F0F_F0F0_1234_5678UL >> (last % 3)]);
        };
    }

    private static void PreemptNowAndThen(LoopBench bench, Sequence[] sequences)
    {
        var steps = (int)bench.Counters.Steps;
        if (steps % 25 != 0 || bench.Scheduler.Running.Count == 0)
            return;
        bench.Scheduler.Preempt(bench.Scheduler.Running[steps / 25 % bench.Scheduler.Running.Count]);
    }
}
