using System.Text.Json;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>A checked chat request.</summary>
internal sealed record ChatRequest
{
    public required ServedModel Model { get; init; }
    public required GenerationSettings Generation { get; init; }
    public required Conversation Conversation { get; init; }
    public required ReasoningRequest Reasoning { get; init; }
    public required ToolUse ToolUse { get; init; }

    /// <summary>What the answer must look like, or null: free.</summary>
    public AnswerForm? Form { get; init; }

    public bool Logprobs { get; init; }
    public int TopLogprobs { get; init; }

    /// <summary>The offered tools for the output parser, or null.</summary>
    public JsonElement? Tools { get; init; }
}
