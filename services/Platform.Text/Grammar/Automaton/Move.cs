namespace Platform.Text.Grammar;

/// <summary>A way on that reads no byte.</summary>
/// <param name="Kind">What it needs or does.</param>
/// <param name="Target">Where it leads; for a call, once the rule has ended.</param>
/// <param name="Rule">The rule that is called.</param>
internal readonly record struct Move(MoveKind Kind, int Target, int Rule);
