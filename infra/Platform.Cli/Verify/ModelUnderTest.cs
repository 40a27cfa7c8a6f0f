using Platform.Engine;
using Platform.Kernels;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>A loaded model with caches for one sequence and some state slots, and the few moves the goldens are made of.</summary>
internal sealed class ModelUnderTest : IDisposable
{
    private readonly StepSegment _segment = new();
    private readonly List<int> _pages;

    public ModelUnderTest(Checkpoint checkpoint, TextModelOptions options, int positions, int largestStep, int slots)
    {
        Model = TextModel.Load(checkpoint, options with { MaxBatchedTokens = largestStep });
        _pages = [.. Enumerable.Range(0, KvCache.PagesFor(positions))];
        Cache = Model.CreateKvCache(_pages.Count);
        States = Model.CreateStateStore(slots);
        Output = Model.CreateOutput();
    }

    public TextModel Model { get; }

    public TextConfig Config => Model.Config.Text;

    public KvCache Cache { get; }

    public StateStore States { get; }

    public StepOutput Output { get; }

    public MropePositions Positions { get; set; } = MropePositions.Text;

    public MediaEmbeddings? Media { get; set; }

    /// <summary>The sequence as it stands after <paramref name="length"/> tokens, its recurrent state in <paramref name="slot"/>.</summary>
    public SequenceState At(int length, int slot)
    {
        var state = new SequenceState { Length = length, Slot = slot };
        state.Pages.AddRange(_pages);
        return state;
    }

    /// <summary>Feeds tokens, all with logits, and returns these, [tokens, V]; the state advances.</summary>
    public float[] Feed(SequenceState state, int[] tokens, StepTap? tap = null, int[]? snapshotSlots = null)
    {
        _segment.State = state;
        _segment.Tokens = tokens;
        _segment.TokenCount = tokens.Length;
        _segment.Positions = Positions;
        _segment.Media = Media;
        _segment.Logits = LogitRows.All;
        _segment.SnapshotSlots = snapshotSlots;
        _segment.Tap = tap;
        Model.Run([_segment], Cache, States, Output);
        state.Length += tokens.Length;
        return LogitsOfStep();
    }

    /// <summary>Runs the draft head over pairs and returns its logits.</summary>
    public float[] Draft(int start, int[] tokens, FloatRows hidden, int layer, StepTap tap)
    {
        var segment = new DraftSegment
        {
            State = At(start, -1),
            StartPosition = start,
            Tokens = tokens,
            TokenCount = tokens.Length,
            Hidden = hidden,
            Positions = Positions,
            Media = Media,
            Logits = LogitRows.All,
            Tap = tap,
        };
        Model.Mtp!.Run([segment], Cache, Output, layer);
        return LogitsOfStep();
    }

    /// <summary>The index of the largest value; the lower one of equals.</summary>
    public static int ArgMax(ReadOnlySpan<float> logits)
    {
        var best = 0;
        for (var i = 1; i < logits.Length; i++)
            best = logits[i] > logits[best] ? i : best;
        return best;
    }

    public void Dispose()
    {
        Output.Dispose();
        States.Dispose();
        Cache.Dispose();
        Model.Dispose();
    }

    private float[] LogitsOfStep()
    {
        var logits = new float[Output.LogitRowCount * Config.VocabSize];
        for (var row = 0; row < Output.LogitRowCount; row++)
            Output.Logits(row).CopyTo(logits.AsSpan(row * Config.VocabSize));
        return logits;
    }
}
