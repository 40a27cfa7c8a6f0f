using Platform.Contracts.Tokenization;

namespace Platform.Tokenizer;

/// <summary>A conversation as token ids.</summary>
/// <param name="Ids">The ids.</param>
/// <param name="Mode">The reasoning mode rendered; unspecified for plain text.</param>
/// <param name="OpensReasoning">The prompt ends inside an open thinking block.</param>
/// <param name="Boundaries">Numbers of ids before each turn but the first, ascending; the generation prompt is a turn.</param>
/// <param name="ReturnBoundary">The one behind the last query; 0 without.</param>
internal sealed record RenderedPrompt(int[] Ids, ReasoningMode Mode, bool OpensReasoning, int[] Boundaries, int ReturnBoundary);
