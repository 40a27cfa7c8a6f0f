namespace Platform.Text.Grammar;

/// <summary>Members that are not named.</summary>
/// <param name="Key">The rule of their keys, quotes included.</param>
/// <param name="Value">The rule of their values.</param>
internal sealed record MemberPattern(int Key, int Value);
