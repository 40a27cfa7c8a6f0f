using System.Runtime.InteropServices;

namespace Platform.Engine.Tests;

/// <summary>What one fed token gives: the bits of its logits and the recurrent state after it.</summary>
internal sealed record FedToken(int[] LogitBits, byte[] State);

/// <summary>The model's own steps on one prompt, twice: once for single steps, once for a pass that verifies drafts beside a stranger.</summary>
internal sealed class VerificationBench : IDisposable
{
    private const int MaxDrafts = 8;

    private readonly TextModel _model;
    private readonly KvCache _cache;
    private readonly StateStore _states;
    private readonly StepOutput _output;
    private readonly int[] _prompt;
    private readonly SequenceState _singles;
    private readonly SequenceState _verified;
    private readonly SequenceState _stranger;
    private int _nextPage;
    private int _nextSlot = MaxDrafts;

    public VerificationBench(TextModel model, int[] prompt)
    {
        _model = model;
        _prompt = prompt;
        _cache = model.CreateKvCache(8 * PageAllocator.PagesFor(prompt.Length + 3 * MaxDrafts) + 1);
        _states = model.CreateStateStore(4 * MaxDrafts);
        _output = model.CreateOutput();
        _singles = Prefilled();
        _verified = Prefilled();
        _stranger = NewState(1);
        Run(Segment(_stranger, [7]));
    }

    /// <summary>Feeds one token the ordinary way.</summary>
    public FedToken FeedOne(int token)
    {
        Run(Segment(_singles, [token]));
        return new FedToken(LogitBits(0), State(_singles.Slot));
    }

    /// <summary>Feeds all drafts at once, with the state after each kept, in a step that a stranger shares.</summary>
    public FedToken[] Verify(int[] drafts)
    {
        var segment = Segment(_verified, drafts);
        segment.Logits = LogitRows.All;
        segment.SnapshotSlots = [.. Enumerable.Range(0, drafts.Length - 1), -1];
        Run(segment, Segment(_stranger, [9]));
        return [.. drafts.Select((_, i) => new FedToken(LogitBits(i), State(i < drafts.Length - 1 ? i : _verified.Slot)))];
    }

    /// <summary>Whether both caches hold the same bits for every position.</summary>
    public bool PagesAgree()
    {
        for (var page = 0; page < PageAllocator.PagesFor(_singles.Length); page++)
        {
            if (!Page(_singles, page).SequenceEqual(Page(_verified, page)))
                return false;
        }

        return true;
    }

    /// <summary>The logits after prompt, accepted tokens and one more, all fed one by one.</summary>
    public int[] FeedAfterSingles(int[] accepted, int token)
    {
        var state = Prefilled();
        foreach (var draft in accepted)
            Run(Segment(state, [draft]));
        Run(Segment(state, [token]));
        return LogitBits(0);
    }

    /// <summary>The logits after the verified sequence went back to so many accepted drafts and was fed one more token. Going back moves a slot number and
    /// a length; the rejected positions' keys and values are overwritten.</summary>
    public int[] FeedAfterRejection(int accepted, int token)
    {
        var back = new SequenceState { Slot = NewSlot(), Length = _prompt.Length + accepted };
        back.Pages.AddRange(_verified.Pages);
        _states.Copy(accepted - 1, back.Slot);
        Run(Segment(back, [token]));
        return LogitBits(0);
    }

    public void Dispose()
    {
        _output.Dispose();
        _states.Dispose();
        _cache.Dispose();
    }

    private SequenceState Prefilled()
    {
        var state = NewState(_prompt.Length + 2 * MaxDrafts);
        for (var start = 0; start < _prompt.Length; start += 512)
        {
            var segment = Segment(state, _prompt[start..Math.Min(_prompt.Length, start + 512)]);
            segment.Logits = LogitRows.None;
            Run(segment);
        }

        return state;
    }

    private SequenceState NewState(int positions)
    {
        var state = new SequenceState { Slot = NewSlot() };
        for (var i = 0; i < PageAllocator.PagesFor(positions + MaxDrafts); i++)
            state.Pages.Add(_nextPage++);
        return state;
    }

    private int NewSlot() => _nextSlot++;

    private static StepSegment Segment(SequenceState state, int[] tokens) =>
        new() { State = state, Tokens = tokens, TokenCount = tokens.Length, Logits = LogitRows.Last };

    private void Run(params StepSegment[] segments)
    {
        _model.Run(segments, _cache, _states, _output);
        foreach (var segment in segments)
            segment.State.Length += segment.TokenCount;
    }

    private int[] LogitBits(int row) => MemoryMarshal.Cast<float, int>(_output.Logits(row)).ToArray();

    private byte[] State(int slot)
    {
        var bytes = new byte[_states.SlotBytes];
        _states.Export(slot, bytes);
        return bytes;
    }

    private byte[] Page(SequenceState state, int page)
    {
        var bytes = new byte[_cache.PageBytes];
        _cache.ExportPage(state.Pages[page], bytes);
        if (Math.Min(64, state.Length - page * 64) is var kept and < 64)
            PageTail.Clear(_cache.Layout, bytes, kept);
        return bytes;
    }
}
