using Platform.Grains;

namespace Platform.Gateway.Models;

/// <summary>The reasoning modes as the API spells them.</summary>
internal static class ReasoningModeNames
{
    public const string All = "\"thinking\", \"fast\" or \"auto\"";

    /// <summary>The mode's name, or null for <see cref="ReasoningMode.Default"/>.</summary>
    public static string? Of(ReasoningMode mode) => mode switch
    {
        ReasoningMode.Thinking => "thinking",
        ReasoningMode.Fast => "fast",
        ReasoningMode.Auto => "auto",
        _ => null,
    };

    public static ReasoningMode? Parse(string name) => name switch
    {
        "thinking" => ReasoningMode.Thinking,
        "fast" => ReasoningMode.Fast,
        "auto" => ReasoningMode.Auto,
        _ => null,
    };
}
