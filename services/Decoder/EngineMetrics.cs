using System.Globalization;
using Platform.Engine;
using Prometheus;

namespace Platform.Decoder;

/// <summary>The engine's own statistics, read when they are asked for.</summary>
internal sealed class EngineMetrics
{
    private readonly List<Action<EngineStatistics>> _updates = [];
    private readonly MetricFactory _metrics;
    private readonly string _model;

    public EngineMetrics(MetricFactory metrics, string model)
    {
        _metrics = metrics;
        _model = model;
        AddSequences();
        AddCaches();
        AddPrefixes();
        AddWork();
        AddDrafts();
    }

    /// <summary>Updates from this engine before every collection, for as long as the registry lives.</summary>
    public void CollectFrom(InferenceEngine engine, CollectorRegistry registry) => registry.AddBeforeCollectCallback(() =>
    {
        var statistics = engine.Statistics;
        foreach (var update in _updates)
            update(statistics);
    });

    private void AddSequences()
    {
        AddGauge("Sequences in the batch", s => s.Running, "platform_engine_sequences_running", "vllm__num_requests_running");
        AddGauge("Sequences in the queue", s => s.Waiting, "platform_engine_sequences_waiting", "vllm__num_requests_waiting");
        AddGauge("Sequences whose reader is behind", s => s.Parked, "platform_engine_sequences_parked");
        AddCounter("Sequences accepted", s => s.Submitted, "platform_engine_sequences_submitted_total");
        AddCounter("Sequences refused because the engine was full", s => s.QueueRejections, "platform_engine_sequences_refused_total");
        AddCounter("Sequences cancelled by their caller", s => s.Cancellations, "platform_engine_sequences_cancelled_total");
        AddCounter("Sequences that ended with an error", s => s.Failed, "platform_engine_sequences_failed_total");
        AddCounter("Sequences that lost their pages and were computed again", s => s.Preemptions,
            "platform_engine_preemptions_total", "vllm__num_preemptions_total");
    }

    private void AddCaches()
    {
        AddGauge("Share of the KV cache's pages in use, 0 to 1", s => s.TotalPages == 0 ? 0 : 1 - ((double)s.FreePages / s.TotalPages),
            "platform_engine_kv_pages_used_ratio", "vllm__kv_cache_usage_perc", "vllm__gpu_cache_usage_perc");
        AddGauge("Free pages of the KV cache, 64 positions each", s => s.FreePages, "platform_engine_kv_pages_free");
        AddGauge("Free slots of recurrent state", s => s.FreeSlots, "platform_engine_state_slots_free");
    }

    private void AddPrefixes()
    {
        AddCounter("Prompt tokens looked up in the prefix cache", s => s.PrefixQueryTokens,
            "platform_engine_prefix_query_tokens_total", "vllm__prefix_cache_queries_total", "vllm__prefix_cache_queries");
        AddCounter("Prompt tokens found in the prefix cache and not computed", s => s.PrefixHitTokens,
            "platform_engine_prefix_hit_tokens_total", "vllm__prefix_cache_hits_total", "vllm__prefix_cache_hits");
        AddCounter("Prompts looked up in the prefix cache", s => s.PrefixQueries, "platform_engine_prefix_queries_total");
        AddCounter("Prompts of which a beginning was found in the prefix cache", s => s.PrefixHits, "platform_engine_prefix_hits_total");
        AddCounter("Checkpoints that the prefix cache gave up", s => s.PrefixEvictions, "platform_engine_prefix_evictions_total");
        AddGauge("Bytes of keys and values that the prefix cache keeps", s => s.CachedPageBytes, "platform_engine_prefix_page_bytes");
        AddGauge("Bytes of states that the prefix cache keeps", s => s.CheckpointBytes, "platform_engine_prefix_checkpoint_bytes");
        AddGauge("States that the prefix cache keeps", s => s.Checkpoints, "platform_engine_prefix_checkpoints");
        var misses = _metrics.CreateCounter(
            "platform_engine_prefix_misses_total", "Prompts that found less in the prefix cache than they might have, by reason", "model_name", "reason");
        foreach (var reason in Enum.GetValues<PrefixMiss>())
        {
            var counter = misses.WithLabels(_model, NameOf(reason));
            _updates.Add(statistics => counter.IncTo(statistics.PrefixMisses[reason]));
        }
    }

    private static string NameOf(PrefixMiss reason) => reason switch
    {
        PrefixMiss.NoPrefix => "no_prefix",
        PrefixMiss.Evicted => "evicted",
        PrefixMiss.NoState => "no_state",
        PrefixMiss.Salt => "salt",
        PrefixMiss.Picture => "picture",
        _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, "A reason without a name."),
    };

    private void AddWork()
    {
        AddCounter("Steps of the engine", s => s.Steps, "platform_engine_steps_total");
        AddCounter("Steps that failed", s => s.FailedSteps, "platform_engine_steps_failed_total");
        AddCounter("Sequences in all steps together", s => s.Segments, "platform_engine_step_sequences_total");
        AddCounter("Tokens fed as prompt, replay or recomputation", s => s.PrefillTokens, "platform_engine_prefill_tokens_total");
        AddCounter("Tokens fed one by one after they were generated", s => s.DecodeTokens, "platform_engine_decode_tokens_total");
        AddCounter("Time in the model, in seconds", s => s.ModelTime.TotalSeconds, "platform_engine_model_seconds_total");
        AddCounter("Time in scheduling, sampling and emitting, in seconds", s => s.LoopTime.TotalSeconds, "platform_engine_loop_seconds_total");
    }

    private void AddDrafts()
    {
        AddCounter("Sequences in all steps with drafts", s => s.JudgedDrafts[0], "platform_draft_rounds_total", "vllm__spec_decode_num_drafts_total");
        AddCounter("Drafts fed for verification", s => s.DraftTokens, "platform_draft_tokens_total", "vllm__spec_decode_num_draft_tokens_total");
        AddCounter("Drafts that were right", s => s.AcceptedDrafts.Sum(), "vllm__spec_decode_num_accepted_tokens_total");
        AddCounter("Steps with drafts", s => s.DraftSteps, "platform_draft_steps_total");
        AddCounter("Time in the draft head, in seconds", s => s.DraftTime.TotalSeconds, "platform_draft_seconds_total");
        AddGauge("1 when drafting was switched off until the next start", s => s.DraftingOffReason is null ? 0 : 1, "platform_drafting_off");
        AddCounter("Finished sequences that were computed once more", s => s.ShadowChecks, "platform_shadow_checks_total");
        AddCounter("Shadow checks that could not be made", s => s.ShadowFailures, "platform_shadow_failures_total");
        AddCounter("Failures of the draft head", s => s.DraftFailures, "platform_draft_failures_total");
        AddCounter("Sequences that came out different when computed once more", s => s.ShadowDifferences, "platform_shadow_differences_total");
        AddPerPosition("Drafts compared with the target's draw; those after a wrong one are not", s => s.JudgedDrafts,
            "platform_draft_compared_tokens_total");
        AddPerPosition("Drafts that were right, by position behind the last known token", s => s.AcceptedDrafts,
            "platform_draft_accepted_tokens_total", "vllm__spec_decode_num_accepted_tokens_per_pos_total");
    }

    private void AddPerPosition(string help, Func<EngineStatistics, IReadOnlyList<long>> values, params string[] names)
    {
        foreach (var counter in names.Select(name => _metrics.CreateCounter(name, help, "model_name", "position")))
        {
            _updates.Add(statistics =>
            {
                var positions = values(statistics);
                for (var position = 0; position < statistics.MaxDraftTokens; position++)
                    counter.WithLabels(_model, position.ToString(CultureInfo.InvariantCulture)).IncTo(positions[position]);
            });
        }
    }

    private void AddGauge(string help, Func<EngineStatistics, double> value, params string[] names)
    {
        foreach (var gauge in names.Select(name => _metrics.CreateGauge(name, help, "model_name").WithLabels(_model)))
            _updates.Add(statistics => gauge.Set(value(statistics)));
    }

    private void AddCounter(string help, Func<EngineStatistics, double> value, params string[] names)
    {
        foreach (var counter in names.Select(name => _metrics.CreateCounter(name, help, "model_name").WithLabels(_model)))
            _updates.Add(statistics => counter.IncTo(value(statistics)));
    }
}
