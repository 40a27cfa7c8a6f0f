namespace Platform.Text.Grammar;

/// <summary>What a move without a byte needs or does.</summary>
internal enum MoveKind
{
    /// <summary>Nothing.</summary>
    Free,

    /// <summary>Adds one to the counter, unless it has reached its maximum.</summary>
    Step,

    /// <summary>Needs the counter to have reached its minimum.</summary>
    Leave,

    /// <summary>Reads what a rule describes.</summary>
    Call,
}
