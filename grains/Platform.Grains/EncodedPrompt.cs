namespace Platform.Grains;

/// <summary>A prompt as token ids.</summary>
/// <param name="Ids">The ids; media placeholders expanded.</param>
/// <param name="Mode">The reasoning mode rendered; <see cref="ReasoningMode.Default"/> for anything but a chat.</param>
/// <param name="OpensReasoning">The prompt ends inside an open thinking block.</param>
/// <param name="Boundaries">Numbers of ids before each turn but the first, ascending; empty for anything but a chat.</param>
/// <param name="ReturnBoundary">The one behind the last query; 0 without.</param>
internal sealed record EncodedPrompt(
    int[] Ids, ReasoningMode Mode, bool OpensReasoning, IReadOnlyList<int> Boundaries, int ReturnBoundary);
