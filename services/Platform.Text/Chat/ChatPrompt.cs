using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>A conversation to render. JSON stays raw, because key order and the spelling of numbers reach the prompt.</summary>
public sealed record ChatPrompt
{
    /// <summary>Array of messages: <c>role</c>, <c>content</c>, <c>reasoning_content</c>, <c>tool_calls</c>.</summary>
    public required JsonElement Messages { get; init; }

    /// <summary>Array of tools as the client sent them; null or an empty array means none.</summary>
    public JsonElement? Tools { get; init; }

    /// <summary>Whether the prompt ends with an open assistant turn.</summary>
    public bool AddGenerationPrompt { get; init; } = true;

    /// <summary>Thinking on or off; null leaves the template's own default.</summary>
    public bool? EnableThinking { get; init; }

    /// <summary>Whether each picture and video is numbered in the text.</summary>
    public bool AddVisionId { get; init; }

    /// <summary>Whether reasoning before the last query stays (only Qwen3.6 looks at it).</summary>
    public bool? PreserveThinking { get; init; }

    /// <summary>The client's <c>reasoning_effort</c>; <see cref="ChatNormalization"/> turns <c>none</c> into thinking off.</summary>
    public string? ReasoningEffort { get; init; }

    /// <summary>Whether the last message, an assistant's, is left open to be continued. No generation prompt is written then.</summary>
    public bool ContinueFinalMessage { get; init; }
}
