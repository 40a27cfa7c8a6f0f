namespace Platform.Text.Grammar;

/// <summary>One of the ways to have read the bytes so far: a state, its rule's counter, and where the rule returns to.</summary>
internal readonly record struct Configuration(int State, int Count, StackFrame Frame);
