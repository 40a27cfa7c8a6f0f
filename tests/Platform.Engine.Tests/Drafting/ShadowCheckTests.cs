namespace Platform.Engine.Tests.Drafting;

/// <summary>Finished answers are computed once more, plainly; what is not confirmed switches off what it used.</summary>
public sealed class ShadowCheckTests
{
    private readonly LedgerModel _ledger = new();
    private readonly Dictionary<SequenceRequest, int[]> _answers = new(ReferenceEqualityComparer.Instance);
    private readonly List<ShadowDifference> _differences = [];

    [Fact]
    public void An_answer_with_drafts_is_confirmed_and_costs_nobody_a_page()
    {
        using var bench = Bench(_ledger.Model);
        var request = Known(Request(40, seed: 1));
        var before = bench.Scheduler.Pages.Free;
        var answer = bench.Run(request);
        Assert.Equal(_answers[request], answer.Tokens);
        Assert.Equal((1L, 0L, 0L), (bench.Counters.ShadowChecks, bench.Counters.ShadowDifferences, bench.Counters.ShadowFailures));
        Assert.Equal(before, bench.Scheduler.Pages.Available);
        Assert.Empty(_differences);
        Assert.Null(bench.Loop.Drafter!.OffReason);
    }

    [Fact]
    public void A_constraint_and_a_stop_rule_are_not_asked_again()
    {
        var asked = 0;
        using var bench = Bench(_ledger.Model);
        var request = Request(40, seed: 2) with
        {
            Stop = _ =>
            {
                asked++;
                return false;
            },
            Constraint = (in GenerationProgress progress) => progress.Generated.Length % 3 == 0 ? TokenConstraint.Forced(7) : TokenConstraint.None,
        };
        bench.Run(Known(request));
        Assert.Equal((1L, 0L), (bench.Counters.ShadowChecks, bench.Counters.ShadowDifferences));
        Assert.Equal(2 * 40, asked);        // once by the plain run that the drafts come from, once here
    }

    [Fact]
    public void A_bit_that_only_drafted_steps_get_wrong_switches_drafting_off()
    {
        var right = _ledger.Model;
        // A difference too small to change a greedy token: only the fingerprint of the row tells.
        var wrong = right with
        {
            Run = (segments, cache, states, output) =>
            {
                right.Run(segments, cache, states, output);
                for (var i = 0; i < segments.Count; i++)
                {
                    if (segments[i].Logits == LogitRows.All)
                        output.Logits(output.FirstLogitRow(i) + 1)[5] = MathF.BitDecrement(output.Logits(output.FirstLogitRow(i) + 1)[5]);
                }
            },
        };
        using var bench = Bench(wrong);
        var request = Known(Request(40, seed: 3) with { Sampling = SamplingParameters.Greedy });
        Assert.Equal(_answers[request], bench.Run(request).Tokens);
        var difference = Assert.Single(_differences);
        Assert.Equal((40, true, false), (difference.AnswerTokens, difference.DraftingSwitchedOff, difference.CacheSwitchedOff));
        Assert.Contains("came out different", bench.Loop.Drafter!.OffReason, StringComparison.Ordinal);
        Assert.True(bench.Scheduler.Prefixes.IsOn);

        var drafted = bench.Counters.DraftTokens;
        bench.Run(Known(Request(40, seed: 4)));
        Assert.Equal(drafted, bench.Counters.DraftTokens);
    }

    [Fact]
    public void A_cached_prefix_that_is_not_confirmed_switches_the_cache_off()
    {
        var right = _ledger.Model;
        var spoil = false;
        var wrong = right with
        {
            Run = (segments, cache, states, output) =>
            {
                right.Run(segments, cache, states, output);
                if (spoil && segments is [{ Logits: LogitRows.Last, State.Length: > 0 } segment] && segment.TokenCount < 40)
                    output.Logits(0)[3] += 0.001f;
            },
        };
        using var bench = Bench(wrong, new() { Pages = 20, MaxSequences = 2, MaxDraftTokens = 0, ShadowShare = 1 });
        var request = Request(1, seed: 5) with { CheckpointPositions = [60] };
        bench.Run(request);
        spoil = true;
        var second = bench.Add(request);
        while (second.Status != SequenceStatus.Finished)
            bench.Step();
        spoil = false;
        bench.Finish();
        Assert.Equal(60, second.CachedTokens);
        var difference = Assert.Single(_differences);
        Assert.Equal((60, false, true), (difference.CachedTokens, difference.DraftingSwitchedOff, difference.CacheSwitchedOff));
        Assert.False(bench.Scheduler.Prefixes.IsOn);
        Assert.Equal(0, bench.Run(request).CachedTokens);
    }

    [Fact]
    public void The_check_rests_while_others_run_but_for_every_sixty_fourth_step()
    {
        using var bench = Bench(_ledger.Model);
        var fed = new List<int>();
        _ledger.BeforeStep = segments => fed.Add(segments[0].State.Pages[0] >= bench.Scheduler.Pages.Total ? 1 : 0);
        var first = bench.Add(Known(Request(30, seed: 6)));
        while (first.Status != SequenceStatus.Finished)
            bench.Step();
        Assert.True(bench.Loop.Shadow!.IsAtWork);
        fed.Clear();
        var busy = bench.Add(Known(Request(150, seed: 7)));
        while (busy.Status != SequenceStatus.Finished)
        {
            bench.Step();
            while (busy.Outbox.Reader.TryRead(out _))
            {
            }
        }

        Assert.InRange(fed.Sum(), 0, fed.Count / 64);
        bench.Finish();
        Assert.Equal(1, bench.Counters.ShadowChecks);        // the second finished while the first was being checked
    }

    [Fact]
    public void By_default_one_answer_in_a_thousand_is_chosen()
    {
        var chosen = 0;
        var check = new ShadowCheck(_ledger.Model, new ShadowLimits(0.001, 1024, 0, 0), null!, null!, null!, null!, new EngineCounters());
        for (var arrival = 0; arrival < 100_000; arrival++)
        {
            var sequence = new Sequence(Request(5, 0), arrival, 100, new Outbox(1, () => { }));
            check.Choose(sequence);
            chosen += sequence.Shadow is null ? 0 : 1;
        }

        Assert.InRange(chosen, 70, 130);
    }

    private static SequenceRequest Request(int tokens, ulong seed) => new()
    {
        PromptTokens = [.. Enumerable.Range(0, 70).Select(i => (i * 5 + (int)seed) % LedgerModel.Vocab)],
        MaxTokens = tokens,
        Seed = seed,
    };

    private SequenceRequest Known(SequenceRequest request)
    {
        using var bench = new LoopBench(new LedgerModel().Model, new() { Pages = 20, MaxSequences = 1, ShadowShare = 0 });
        _answers[request] = [.. bench.Run(request).Tokens];
        return request;
    }

    private LoopBench Bench(EngineModel model, EngineOptions? options = null)
    {
        var bench = new LoopBench(
            model with { CreateDraftSource = (_, _) => new ScriptedDrafts(_answers, 0.7) },
            options ?? new() { Pages = 20, MaxSequences = 2, MaxDraftTokens = 2, DraftAlways = true, ShadowShare = 1 });
        bench.Loop.ShadowDiffered += _differences.Add;
        return bench;
    }
}
