namespace Platform.Engine;

/// <summary>Where a sequence's cached prefix lives: its KV pages in order and its recurrent-state slot. Owned by the scheduler.</summary>
public sealed class SequenceState
{
    /// <summary>
    /// Pages of the sequence: <c>Pages[n]</c> holds positions 64n..64n+63 of every attention layer and of the draft head. Before a step
    /// it must cover <see cref="Length"/> plus the tokens the step feeds.
    /// </summary>
    public List<int> Pages { get; } = [];

    /// <summary>The slot with the linear-attention state after <see cref="Length"/> tokens; −1 while the sequence has none.</summary>
    public int Slot { get; set; } = -1;

    /// <summary>
    /// Tokens already in the cache. The caller advances it after the step. At 0 the slot's content is ignored: a sequence starts from the
    /// zero state whatever its slot held before.
    /// </summary>
    public int Length { get; set; }
}
