using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Draws the tokens of many rows at once, each on one thread of the model's team. What is drawn depends on the row alone. Engine thread
/// only, between the model's own runs.</summary>
internal sealed class RowSampler
{
    private readonly WorkerTeam _team;
    private readonly Sampler[] _samplers;
    private readonly List<RowDraw> _draws = [];

    /// <param name="sampleableIds">Ids at or above this are never drawn.</param>
    /// <param name="team">Whose threads draw.</param>
    public RowSampler(int sampleableIds, WorkerTeam team)
    {
        _team = team;
        SampleableIds = sampleableIds;
        _samplers = new Sampler[team.Threads];
        for (var i = 0; i < _samplers.Length; i++)
            _samplers[i] = new Sampler(sampleableIds);
    }

    public int SampleableIds { get; }

    /// <summary>Rows of the round.</summary>
    public int Count { get; private set; }

    public RowDraw this[int index] => _draws[index];

    /// <summary>Starts a new round.</summary>
    public void Clear() => Count = 0;

    /// <summary>Adds a row to the round, without constraint and log-probabilities.</summary>
    public RowDraw Add(Sequence sequence, int row, int position)
    {
        if (Count == _draws.Count)
            _draws.Add(new RowDraw());
        var draw = _draws[Count++];
        draw.Sequence = sequence;
        draw.Row = row;
        draw.Position = position;
        draw.Constraint = TokenConstraint.None;
        draw.WithLogprobs = false;
        draw.Failure = null;
        draw.Top = null;
        draw.Logprob = 0;
        return draw;
    }

    /// <summary>Draws every row of the round that has not failed; a failure is left in its row.</summary>
    public void Draw(StepOutput output) => _team.Run(Count, new Job { Owner = this, Output = output });

    private static void Draw(RowDraw draw, ReadOnlySpan<float> row, Sampler sampler)
    {
        var request = draw.Sequence.Request;
        if (draw.Sequence.Shadow is { IsWhole: true })
            draw.RowHash = RowHash.Of(row);
        try
        {
            var key = new NoiseKey(request.Seed, request.Choice, draw.Position);
            draw.Token = sampler.Choose(row, request.Sampling, draw.Sequence.Counts, draw.Constraint, key);
        }
        catch (SequenceFailedException failure)
        {
            draw.Failure = failure;
            return;
        }

        if (!draw.WithLogprobs || (!request.Logprobs && request.TopLogprobs == 0))
            return;
        var normaliser = Logprobs.Normaliser(row);
        draw.Logprob = (float)(row[draw.Token] - normaliser);
        draw.Top = request.TopLogprobs > 0 ? Logprobs.Top(row, normaliser, request.TopLogprobs) : null;
    }

    private struct Job : ITeamJob
    {
        public RowSampler Owner;
        public StepOutput Output;

        public readonly void Run(int task, int worker)
        {
            var draw = Owner._draws[task];
            if (draw.Failure is null)
                RowSampler.Draw(draw, Output.Logits(draw.Row)[..Owner.SampleableIds], Owner._samplers[worker]);
        }
    }
}
