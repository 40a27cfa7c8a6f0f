using System.Runtime.InteropServices;
using Platform.Kernels;

namespace Platform.Engine.Tests;

/// <summary>A model that is a ledger: it writes each token it is fed into its place of the sequence's page and a running hash into the slot,
/// and its logits are a hash of what it finds there. A page or slot that two sequences share, or that holds what another left, makes it throw.</summary>
internal sealed class LedgerModel
{
    public const int Vocab = 48;

    private static readonly KvLayout Pages = new(1, 1, 16, KvStorage.F32);
    private static readonly StateLayout States = new(1, 1, 16, 16, 16, 4);

    /// <summary>Called before each step; may throw, wait or count.</summary>
    public Action<IReadOnlyList<StepSegment>>? BeforeStep { get; set; }

    /// <summary>Called with each row of logits; may spoil it.</summary>
    public Action<StepSegment, Span<float>>? AfterRow { get; set; }

    public EngineModel Model => new()
    {
        NumericsId = "ledger-1",
        VocabSize = Vocab,
        HiddenSize = 16,
        MaxContext = 100_000,
        MaxBatchedTokens = 512,
        PageBytes = Pages.PageBytes,
        SlotBytes = States.SlotBytes,
        CreateCache = pages => new KvCache(Pages, pages),
        CreateStates = slots => new StateStore(States, slots),
        CreateOutput = () => new StepOutput(Vocab, 16),
        Run = Run,
    };

    /// <summary>What the model says after these tokens.</summary>
    public static float[] LogitsAfter(ReadOnlySpan<int> tokens)
    {
        var row = new float[Vocab];
        Fill(row, HashOf(tokens));
        return row;
    }

    private void Run(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore states, StepOutput output)
    {
        BeforeStep?.Invoke(segments);
        output.Prepare(segments);
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            var hashes = Feed(segment, cache, states);
            var rows = StepOutput.LogitCount(segment);
            for (var j = 0; j < rows; j++)
            {
                var row = output.Logits(output.FirstLogitRow(i) + j);
                Fill(row, hashes[hashes.Length - rows + j]);
                AfterRow?.Invoke(segment, row);
            }
        }
    }

    /// <summary>The hash after each fed token.</summary>
    private static uint[] Feed(StepSegment segment, KvCache cache, StateStore states)
    {
        var state = segment.State;
        for (var i = 0; i < segment.TokenCount; i++)
            Place(cache, state, state.Length + i) = segment.Tokens[segment.TokenOffset + i];

        var length = state.Length + segment.TokenCount;
        var tokens = new int[length];
        for (var i = 0; i < length; i++)
            tokens[i] = Place(cache, state, i);

        var kept = states.Recurrent(state.Slot, 0)[0];
        var found = state.Length == 0 ? HashOf([]) : BitConverter.SingleToUInt32Bits(kept[0]) | (uint)BitConverter.SingleToUInt32Bits(kept[1]) << 16;
        if (found != HashOf(tokens.AsSpan(0, state.Length)))
            throw new InvalidOperationException($"Slot {state.Slot} and the pages disagree about the first {state.Length} tokens.");
        var hashes = new uint[segment.TokenCount];
        for (var i = 0; i < hashes.Length; i++)
        {
            hashes[i] = HashOf(tokens.AsSpan(0, state.Length + i + 1));
            if (segment.SnapshotSlots?[i] is >= 0 and var snapshot)
                Write(states.Recurrent(snapshot, 0)[0], hashes[i]);
        }

        Write(kept, hashes[^1]);
        return hashes;
    }

    private static void Write(Span<float> slot, uint hash)
    {
        slot[0] = BitConverter.UInt32BitsToSingle(hash & 0xFFFF);
        slot[1] = BitConverter.UInt32BitsToSingle(hash >> 16);
    }

    private static ref int Place(KvCache cache, SequenceState state, int position)
    {
        // The place of the key's first dimension: the panel of 16 positions, then the lane.
        var (page, within) = (state.Pages[position / 64], position % 64);
        var element = within / 16 * Pages.KeyPanelElements + within % 16;
        return ref MemoryMarshal.GetReference(cache.Memory.Span<int>(page * cache.PageBytes + element * sizeof(int), 1));
    }

    private static uint HashOf(ReadOnlySpan<int> tokens)
    {
        var hash = 2166136261u;
        foreach (var token in tokens)
            hash = (hash ^ (uint)token) * 16777619u;
        return hash;
    }

    private static void Fill(Span<float> row, uint hash)
    {
        for (var id = 0; id < row.Length; id++)
        {
            var mixed = (hash + (uint)id * 0x9E3779B9u) * 0x85EBCA6Bu;
            row[id] = (mixed >> 16) / 65536f * 6 - 3;
        }
    }
}
