using System.Diagnostics;
using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>Streams that decode while long prompts come in: how much longer each stream waits for its next token.</summary>
internal sealed class MixedLoad(TextModel model, BenchPlan plan, Action<string> progress)
{
    private const int QuietSteps = 8;

    private readonly Samples _quiet = new();
    private readonly Samples _disturbed = new();

    /// <summary>Runs the streams, one long prompt after another with quiet stretches between, and returns the rows.</summary>
    public async Task<IReadOnlyList<BenchRow>> RunAsync(List<string> notes, CancellationToken cancellationToken)
    {
        var tokens = plan.Rounds * (QuietSteps * 4 + plan.ArrivingPrompt);
        // A stream that is as long as it may need; the pages are touched only where they are written.
        var pages = plan.Streams * KvCache.PagesFor(MeasuredEngine.ShortPrompt + tokens) + KvCache.PagesFor(plan.ArrivingPrompt + 2) + 1;
        await using var engine = MeasuredEngine.Real(model, plan.Streams + 1, pages);
        var streams = Enumerable.Range(0, plan.Streams).Select(_ => engine.Submit(MeasuredEngine.ShortPrompt, tokens)).ToList();
        try
        {
            foreach (var stream in streams)
                await MeasuredEngine.WaitAsync(stream, 1, cancellationToken);
            for (var round = 1; round <= plan.Rounds; round++)
            {
                progress($"Mixed load, prompt {round} of {plan.Rounds}: {plan.Streams} streams and {plan.ArrivingPrompt} tokens");
                await RoundAsync(engine, streams[0], cancellationToken);
            }
        }
        finally
        {
            foreach (var stream in streams)
                stream.Cancel();
        }

        notes.Add($"Mixed load: {plan.Streams} streams decode, {plan.Rounds} prompts of {plan.ArrivingPrompt} tokens come in one after another.");
        return Rows();
    }

    private async Task RoundAsync(MeasuredEngine engine, SequenceHandle stream, CancellationToken cancellationToken)
    {
        // What the stream said while others came in must not count as the quiet steps that are waited for.
        while (stream.Events.TryRead(out _))
        {
        }

        engine.Clock.Take();
        await MeasuredEngine.WaitAsync(stream, QuietSteps, cancellationToken);
        Add(_quiet, engine.Clock.Take());
        await engine.FirstTokenAsync(plan.ArrivingPrompt, cancellationToken);
        Add(_disturbed, engine.Clock.Take());
    }

    /// <summary>Times between the tokens of a stream; a step that left a stream out makes its time longer.</summary>
    private void Add(Samples gaps, List<StepMark> marks)
    {
        var whole = marks.Where(mark => mark.Decoding >= plan.Streams).ToList();
        for (var i = 1; i < whole.Count; i++)
            gaps.Add(Stopwatch.GetElapsedTime(whole[i - 1].Timestamp, whole[i].Timestamp).TotalSeconds);
    }

    private IReadOnlyList<BenchRow> Rows() =>
    [
        Row("token to token, quiet", "ms", Scaled(_quiet)),
        Row("token to token, prompts coming in", "ms", Scaled(_disturbed)),
        Row("median, disturbed over quiet", "", Samples.Of(_disturbed.Median / _quiet.Median)),
        Row("p99, disturbed over quiet", "", Samples.Of(_disturbed.Percentile(0.99) / _quiet.Percentile(0.99)), "at most 3"),
    ];

    private static Samples Scaled(Samples seconds) => Samples.Of(seconds.Values.Select(value => value * 1e3));

    private static BenchRow Row(string name, string unit, Samples values, string? note = null) =>
        new() { Section = "mixed load", Name = name, Unit = unit, Values = values, Note = note };
}
