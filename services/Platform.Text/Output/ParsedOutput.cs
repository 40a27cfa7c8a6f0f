using System.Text;

namespace Platform.Text.Output;

/// <summary>A whole reply, put together from its deltas.</summary>
/// <param name="Reasoning">The reasoning, or null if there is none.</param>
/// <param name="Content">The content, or null if there is none.</param>
/// <param name="ToolCalls">The calls in order.</param>
/// <param name="FinishReason"><c>stop</c>, <c>length</c> or <c>tool_calls</c>.</param>
public sealed record ParsedOutput(string? Reasoning, string? Content, IReadOnlyList<ParsedToolCall> ToolCalls, string FinishReason)
{
    /// <summary>Parses a reply that is there as a whole; equal to what streaming it gives.</summary>
    public static ParsedOutput Parse(OutputParserOptions options, string text, bool reachedLength)
    {
        var parser = new OutputParser(options);
        IEnumerable<OutputDelta> deltas = [.. parser.Append(text), .. parser.Finish(reachedLength)];
        return Of(deltas, parser.FinishReason);
    }

    /// <summary>Puts the deltas of one reply together.</summary>
    public static ParsedOutput Of(IEnumerable<OutputDelta> deltas, string finishReason)
    {
        ArgumentNullException.ThrowIfNull(deltas);
        var reasoning = new StringBuilder();
        var content = new StringBuilder();
        var calls = new List<(ToolCallStart Start, StringBuilder Arguments)>();
        foreach (var delta in deltas)
        {
            _ = delta switch
            {
                ReasoningDelta more => reasoning.Append(more.Text),
                ContentDelta more => content.Append(more.Text),
                ToolCallArguments more => calls[more.Index].Arguments.Append(more.Json),
                ToolCallStart start => Begin(calls, start),
                _ => throw new ArgumentException($"{delta.GetType().Name} is no delta of a reply.", nameof(deltas)),
            };
        }

        return new ParsedOutput(
            TextOrNull(reasoning),
            TextOrNull(content),
            [.. calls.Select(call => new ParsedToolCall(call.Start.Id, call.Start.Name, call.Arguments.ToString()))],
            finishReason);
    }

    private static StringBuilder Begin(List<(ToolCallStart Start, StringBuilder Arguments)> calls, ToolCallStart start)
    {
        var arguments = new StringBuilder();
        calls.Add((start, arguments));
        return arguments;
    }

    private static string? TextOrNull(StringBuilder text) => text.Length == 0 ? null : text.ToString();
}
