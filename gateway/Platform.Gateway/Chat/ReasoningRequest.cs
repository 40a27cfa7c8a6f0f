using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>What a request says about the template: how the model reasons and how the conversation is rendered.</summary>
internal sealed record ReasoningRequest
{
    public ReasoningMode Mode { get; init; }
    public int? Budget { get; init; }
    public string Effort { get; init; } = "";
    public bool AddVisionId { get; init; }
    public bool? PreserveThinking { get; init; }
    public bool AddGenerationPrompt { get; init; } = true;
    public bool ContinueFinalMessage { get; init; }
}
