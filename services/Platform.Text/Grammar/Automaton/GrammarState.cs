namespace Platform.Text.Grammar;

/// <summary>A state of a rule.</summary>
/// <param name="Rule">The rule it belongs to.</param>
/// <param name="Bytes">Where bytes lead.</param>
/// <param name="Moves">Where it may go without a byte.</param>
/// <param name="IsEnd">Whether the rule may end here.</param>
/// <param name="Text">Set where whole stretches of plain text may be read: each character comes back to this state, one step further.</param>
internal sealed record GrammarState(int Rule, ByteEdge[] Bytes, Move[] Moves, bool IsEnd, TextKind Text)
{
    /// <summary>Cannot be reached by an answer that ends.</summary>
    public const int NoEnd = int.MaxValue / 2;

    /// <summary>The stack levels that the shortest way to the end of the rule needs while the counter is below its minimum.</summary>
    public int HeightBelowMin { get; set; } = NoEnd;

    /// <summary>The same once the counter has reached its minimum.</summary>
    public int HeightFromMin { get; set; } = NoEnd;

    /// <summary>Nothing but the end of the rule follows, so that a call which returns here needs no stack level.</summary>
    public bool OnlyEnds => IsEnd && Bytes.Length == 0 && Moves.Length == 0;
}
