using Platform.Grains;

namespace Platform.Gateway.Responses;

/// <summary>What chat and plain completions have in common: how tokens are drawn and when a choice ends.</summary>
internal sealed record GenerationSettings
{
    public required SamplingSettings Sampling { get; init; }
    public int? MaxTokens { get; init; }
    public int Choices { get; init; } = 1;
    public IReadOnlyList<string> Stop { get; init; } = [];
    public IReadOnlyList<int> StopTokenIds { get; init; } = [];
    public bool IgnoreEos { get; init; }
    public bool Stream { get; init; }
    public bool IncludeUsage { get; init; }
}
