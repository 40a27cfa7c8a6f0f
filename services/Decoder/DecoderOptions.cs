using System.ComponentModel.DataAnnotations;
using Platform.Engine;

namespace Platform.Decoder;

/// <summary>Which model a decoder serves, under which name, and how.</summary>
public sealed record DecoderOptions
{
    /// <summary>The checkpoint's folder.</summary>
    [Required]
    public required string CheckpointDirectory { get; init; }

    /// <summary>The model's name in the API.</summary>
    [Required]
    public required string ModelName { get; init; }

    /// <summary>This decoder's own app id: it holds state, so no two share one.</summary>
    [Required]
    public required string AppId { get; init; }

    /// <summary>How the model computes: threads, number format, kernels.</summary>
    public TextModelOptions Model { get; init; } = new();

    /// <summary>The engine's bounds.</summary>
    public EngineOptions Engine { get; init; } = new();

    /// <summary>Whether the checkpoint's vision tower is loaded into the same process; the memory plan then counts it.</summary>
    public bool VisionBeside { get; init; }

    /// <summary>The chat template to take when the checkpoint's own is unknown.</summary>
    public string? AssumeTemplate { get; init; }

    /// <summary>Messages of one sequence are at least this far apart, in milliseconds; the first token goes out at once.</summary>
    [Range(0, 1000)]
    public int CoalesceMilliseconds { get; init; } = 20;

    /// <summary>Time between two heartbeats, in milliseconds; well below the directory's lease.</summary>
    [Range(50, 60_000)]
    public int HeartbeatMilliseconds { get; init; } = 2000;

    /// <summary>Prompt ids of one sequence at most, whatever the context is.</summary>
    [Range(1, 1 << 26)]
    public int MaxPromptTokens { get; init; } = 1 << 21;

    /// <summary>Grammars of constrained answers that are kept ready; the one unused longest goes first.</summary>
    [Range(1, 4096)]
    public int MaxGrammars { get; init; } = 16;

    /// <summary>What the kept grammars may take for token masks, all together, roughly. At least 1 MiB for each.</summary>
    [Range(1L << 20, 1L << 36)]
    public long GrammarCacheBytes { get; init; } = 256L << 20;

    /// <summary>Responses whose epoch is remembered; the oldest are forgotten first.</summary>
    [Range(1, 1 << 24)]
    public int RememberedEpochs { get; init; } = 65_536;
}
