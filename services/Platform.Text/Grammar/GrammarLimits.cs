namespace Platform.Text.Grammar;

/// <summary>Bounds of a grammar. What goes beyond them is refused when it is compiled, never later.</summary>
public sealed record GrammarLimits
{
    /// <summary>Bytes of a schema or expression.</summary>
    public int MaxSourceBytes { get; init; } = 256 * 1024;

    /// <summary>States of the automaton. One takes some 100 bytes.</summary>
    public int MaxStates { get; init; } = 200_000;

    /// <summary>Levels of the automaton's stack: an object or array in the answer takes one or two of them, so that answers stay within
    /// the 64 levels that most JSON parsers take.</summary>
    public int MaxDepth { get; init; } = 56;

    /// <summary>Positions of one regular expression after its repetitions are written out.</summary>
    public int MaxExpressionStates { get; init; } = 4096;

    /// <summary>Values of one <c>enum</c>.</summary>
    public int MaxEnumValues { get; init; } = 5000;
}
