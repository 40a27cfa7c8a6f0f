namespace Platform.Engine.Tests;

/// <summary>The engine's own step over a real model, with every row of logits kept.</summary>
internal sealed class RecordingLoop : IDisposable
{
    private readonly LoopBench _bench;
    private readonly Dictionary<Sequence, List<float[]>> _rows = [];
    private readonly Dictionary<Sequence, List<int>> _company = [];

    public RecordingLoop(TextModel model, EngineOptions options)
        : this(EngineModel.Of(model), options)
    {
    }

    public RecordingLoop(EngineModel model, EngineOptions options)
    {
        _bench = new LoopBench(model, options);
        _bench.Loop.Observer = (sequence, logits) => _rows[sequence].Add(logits.ToArray());
    }

    public LoopBench Bench => _bench;

    public Sequence Add(SequenceRequest request)
    {
        var sequence = _bench.Add(request);
        _rows[sequence] = [];
        _company[sequence] = [];
        return sequence;
    }

    public bool Step()
    {
        var stepped = _bench.Step();
        Assert.Equal(0, _bench.Counters.FailedSteps);
        foreach (var sequence in _bench.Loop.LastBatch!.Sequences)
            _company[sequence].Add(_bench.Loop.LastBatch.Count);
        return stepped;
    }

    public void Finish()
    {
        while (Step())
        {
        }
    }

    /// <summary>How many sequences each of this one's steps held, itself included.</summary>
    public IReadOnlyList<int> CompanyOf(Sequence sequence) => _company[sequence];

    public Recording Of(Sequence sequence)
    {
        Assert.Equal(SequenceStatus.Finished, sequence.Status);
        var answer = Answer.Now(sequence);
        Assert.Null(answer.Error);
        return new Recording(answer.Tokens, answer.Logprobs, _rows[sequence]);
    }

    public Recording Run(SequenceRequest request)
    {
        var sequence = Add(request);
        Finish();
        return Of(sequence);
    }

    public void Dispose()
    {
        _bench.AssertNothingHeld();
        _bench.Dispose();
    }
}
