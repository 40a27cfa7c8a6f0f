namespace Platform.Engine;

/// <summary>One answer in the making: its tokens, what it holds of the cache, and its way to the reader. Engine thread only, but for
/// <see cref="CancelRequested"/> and the outbox's reader.</summary>
internal sealed class Sequence
{
    // Reserved at the start, so that answers up to this length grow nothing while they decode.
    private const int ReservedTokens = 4096;

    private int[] _tokens;
    private int _count;
    private int[] _snapshotSlots = [];
    private volatile bool _cancelRequested;

    /// <param name="request">Already validated.</param>
    /// <param name="arrival">Number in order of submission.</param>
    /// <param name="tokenLimit">Prompt and answer together may have this many tokens.</param>
    /// <param name="outbox">Where its events go.</param>
    public Sequence(SequenceRequest request, long arrival, int tokenLimit, Outbox outbox)
    {
        Request = request;
        Arrival = arrival;
        TokenLimit = tokenLimit;
        Outbox = outbox;
        Keys = PrefixKeys.Of(request);
        _count = request.PromptTokens.Length + request.ReplayTokens.Length;
        _tokens = new int[Math.Min(tokenLimit, _count + ReservedTokens)];
        Counts = new TokenCounts(request.Sampling, request.PromptTokens, _tokens.Length - request.PromptTokens.Length);
        State.Pages.EnsureCapacity(PageAllocator.PagesFor(_tokens.Length));
        request.PromptTokens.CopyTo(_tokens, 0);
        request.ReplayTokens.CopyTo(_tokens, request.PromptTokens.Length);
        foreach (var token in request.ReplayTokens)
            Counts.Add(token);
        Segment = new StepSegment
        {
            State = State,
            Positions = request.Positions ?? MropePositions.Text,
            Media = request.Media,
        };
    }

    public SequenceRequest Request { get; }

    public long Arrival { get; }

    public int TokenLimit { get; }

    public Outbox Outbox { get; }

    public TokenCounts Counts { get; }

    /// <summary>What its tokens are called in the prefix cache.</summary>
    public PrefixKeys Keys { get; }

    /// <summary>Where it leaves checkpoints.</summary>
    public CheckpointPlan Plan { get; } = new();

    /// <summary>Pages, slot and how many of the tokens they cover.</summary>
    public SequenceState State { get; } = new();

    /// <summary>The sequence's part of a step; filled anew for each step.</summary>
    public StepSegment Segment { get; }

    public SequenceStatus Status { get; set; } = SequenceStatus.Waiting;

    /// <summary>How many prompt tokens came from the prefix cache or from imported state when it was first admitted.</summary>
    public int CachedTokens { get; set; }

    /// <summary>Whether any of its state came from the prefix cache, after a preemption too.</summary>
    public bool UsedPrefixCache { get; set; }

    public int PromptLength => Request.PromptTokens.Length;

    /// <summary>Tokens known: the prompt, the replayed and the generated ones.</summary>
    public int TokenCount => _count;

    /// <summary>Known tokens that are not in the cache yet, at least 1 while the sequence lives.</summary>
    public int Pending => _count - State.Length;

    /// <summary>Whether the next step feeds a single token that was just generated.</summary>
    public bool IsDecoding => Pending == 1 && _count > PromptLength;

    public bool HoldsCache => State.Slot >= 0;

    public ReadOnlySpan<int> Tokens => _tokens.AsSpan(0, _count);

    public ReadOnlySpan<int> Generated => _tokens.AsSpan(PromptLength, _count - PromptLength);

    /// <summary>Guesses of the tokens after the known ones; fed with the last known token and judged by the target's own draws.</summary>
    public int DraftCount { get; private set; }

    /// <summary>How many of them the running step feeds.</summary>
    public int FedDrafts { get; set; }

    /// <summary>What drafting has been worth to this sequence so far.</summary>
    public DraftRecord DraftRecord { get; } = new();

    /// <summary>What a later check in the shadow needs; null when the sequence is not chosen for one.</summary>
    public ShadowRecord? Shadow { get; set; }

    /// <summary>Positions, from the first on, whose keys and values the draft head has made from this sequence's own tokens.</summary>
    public int HeadLength { get; set; }

    /// <summary>Where the step leaves the state after each fed token; as many entries as the last step with drafts needed.</summary>
    public Span<int> SnapshotSlots => _snapshotSlots;

    /// <summary>The known tokens, then the drafts, then anything.</summary>
    public int[] TokenArray => _tokens;

    /// <summary>The first draft that is not judged yet.</summary>
    public int NextDraft => _tokens[_count];

    /// <summary>Set from any thread; the engine looks before and after each step.</summary>
    public bool CancelRequested
    {
        get => _cancelRequested;
        set => _cancelRequested = value;
    }

    /// <summary>Prepares the segment that feeds the next tokens, with logits when it reaches the last known one, and for every row with drafts.</summary>
    /// <param name="tokens">Known tokens to feed.</param>
    /// <param name="drafts">Drafts to feed after them; 0 unless all known tokens are fed.</param>
    /// <param name="keepHidden">Whether the draft head reads the step's hidden rows.</param>
    public StepSegment Feed(int tokens, int drafts, bool keepHidden)
    {
        Segment.Tokens = _tokens;
        Segment.TokenOffset = State.Length;
        Segment.TokenCount = tokens + drafts;
        Segment.Logits = drafts > 0 ? LogitRows.All : tokens == Pending ? LogitRows.Last : LogitRows.None;
        Segment.SnapshotSlots = drafts > 0 ? _snapshotSlots : null;
        Segment.KeepHidden = keepHidden;
        return Segment;
    }

    /// <summary>Adds a guess after the known tokens and the guesses so far.</summary>
    public void AddDraft(int token)
    {
        Reserve(_count + DraftCount + 1);
        _tokens[_count + DraftCount++] = token;
        if (_snapshotSlots.Length <= DraftCount)
            Array.Resize(ref _snapshotSlots, DraftCount + 1);
    }

    /// <summary>Forgets all guesses.</summary>
    public void DropDrafts() => DraftCount = 0;

    /// <summary>Adds a generated token.</summary>
    public void Append(int token)
    {
        Reserve(_count + 1);
        _tokens[_count++] = token;
        Counts.Add(token);
    }

    private void Reserve(int tokens)
    {
        if (tokens > _tokens.Length)
            Array.Resize(ref _tokens, (int)Math.Max(tokens, Math.Min(TokenLimit, 2L * _tokens.Length)));
    }
}
