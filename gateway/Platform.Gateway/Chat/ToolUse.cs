namespace Platform.Gateway.Chat;

/// <summary>What a request says about calling tools.</summary>
/// <param name="Allowed">False for none: what looks like a call stays text.</param>
/// <param name="Required">The answer must be calls.</param>
/// <param name="Functions">The functions that may be called; null: every offered one.</param>
/// <param name="Single">One call at most.</param>
internal sealed record ToolUse(bool Allowed, bool Required, IReadOnlyList<string>? Functions, bool Single);
