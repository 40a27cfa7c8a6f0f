namespace Platform.Text.Grammar;

/// <summary>A named member of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">The rule of its value.</param>
/// <param name="Required">Whether it must be there.</param>
internal sealed record Member(string Name, int Value, bool Required);
