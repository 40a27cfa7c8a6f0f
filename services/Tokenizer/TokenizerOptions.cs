using System.ComponentModel.DataAnnotations;

namespace Platform.Tokenizer;

/// <summary>Which text the tokenizer service speaks, and its bounds.</summary>
public sealed class TokenizerOptions
{
    /// <summary>The checkpoint's folder: tokenizer files and, if it has one, the chat template.</summary>
    [Required]
    public required string CheckpointDirectory { get; init; }

    /// <summary>The chat template to take when the checkpoint's own is unknown; null refuses such a checkpoint.</summary>
    public string? AssumeTemplate { get; init; }

    /// <summary>Bytes of one conversation or text at most, its parts together. Encoding takes some 50 bytes of memory for each.</summary>
    [Range(1, 1 << 30)]
    public int MaxTextBytes { get; init; } = 32 << 20;

    /// <summary>Patches per side that the checkpoint's vision tower merges into one token.</summary>
    [Range(1, 16)]
    public int MediaMergeSize { get; init; } = 2;

    /// <summary>Tokens that the pictures and videos of one conversation may take together.</summary>
    [Range(1, 1 << 26)]
    public int MaxMediaTokens { get; init; } = 1 << 20;
}
