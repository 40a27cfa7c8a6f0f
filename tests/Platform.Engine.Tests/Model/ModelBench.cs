using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine.Tests.Model;

/// <summary>A golden checkpoint's model with caches for a few sequences, fed directly.</summary>
internal sealed class ModelBench : IDisposable
{
    private const int PagesPerSequence = 4;

    private readonly Checkpoint _checkpoint;

    public ModelBench(string golden, TextModelOptions options, IProgress<LoadProgress>? progress = null, int sequences = 4)
        : this(Checkpoint.Open(Repository.Golden(golden)), options, sequences, progress)
    {
    }

    private ModelBench(Checkpoint checkpoint, TextModelOptions options, int sequences, IProgress<LoadProgress>? progress = null)
    {
        _checkpoint = checkpoint;
        Model = TextModel.Load(_checkpoint, options, progress);
        Cache = Model.CreateKvCache(sequences * PagesPerSequence);
        States = Model.CreateStateStore(sequences * 4);
        Output = Model.CreateOutput();
    }

    /// <summary>A checkpoint in any folder.</summary>
    public static ModelBench At(string path, TextModelOptions options) => new(Checkpoint.Open(path), options, 4);

    public TextModel Model { get; }

    public KvCache Cache { get; }

    public StateStore States { get; }

    public StepOutput Output { get; }

    public int Vocab => Model.Config.Text.VocabSize;

    /// <summary>A fresh sequence: its own pages, in descending order, and the slot of its number.</summary>
    public static SequenceState Sequence(int number)
    {
        var state = new SequenceState { Slot = number };
        for (var page = PagesPerSequence - 1; page >= 0; page--)
            state.Pages.Add(number * PagesPerSequence + page);
        return state;
    }

    public static int[] Prompt(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => random.Next(2, 300))];
    }

    public static StepSegment Segment(SequenceState state, int[] tokens, LogitRows logits = LogitRows.All) =>
        new() { State = state, Tokens = tokens, TokenCount = tokens.Length, Logits = logits, KeepHidden = true };

    /// <summary>Feeds tokens of one sequence and returns the bits of their logits.</summary>
    public int[] Feed(SequenceState state, params int[] tokens)
    {
        Run(Segment(state, tokens));
        return Bits(0, tokens.Length);
    }

    /// <summary>Runs a step and advances its sequences.</summary>
    public void Run(params StepSegment[] segments)
    {
        Model.Run(segments, Cache, States, Output);
        foreach (var segment in segments)
            segment.State.Length += segment.TokenCount;
    }

    /// <summary>The bits of some rows' logits.</summary>
    public int[] Bits(int firstRow, int rows)
    {
        var bits = new List<int>();
        for (var row = firstRow; row < firstRow + rows; row++)
        {
            foreach (var logit in Output.Logits(row))
                bits.Add(BitConverter.SingleToInt32Bits(logit));
        }

        return [.. bits];
    }

    public byte[] Slot(int slot)
    {
        var bytes = new byte[States.SlotBytes];
        States.Export(slot, bytes);
        return bytes;
    }

    /// <summary>The hidden rows of the last step's segment, copied.</summary>
    public (NativeBuffer Memory, FloatRows Rows) HiddenCopy(int segment)
    {
        var source = Output.SegmentHidden(segment);
        var memory = new NativeBuffer((long)source.Count * source.Width * sizeof(float));
        var rows = memory.Rows(0, source.Count, source.Width, source.Width);
        source.AsSpan().CopyTo(rows.AsSpan());
        return (memory, rows);
    }

    public void Dispose()
    {
        Output.Dispose();
        States.Dispose();
        Cache.Dispose();
        Model.Dispose();
        _checkpoint.Dispose();
    }
}
