namespace Platform.Model;

/// <summary>Rotary embedding of the full-attention layers.</summary>
public sealed record RopeParameters
{
    /// <summary>"default" or "yarn".</summary>
    public string RopeType { get; init; } = "default";

    /// <summary>Base θ of the frequencies.</summary>
    public double Theta { get; init; } = 1e7;

    /// <summary>The part of each head that is rotated, in (0, 1].</summary>
    public double PartialRotaryFactor { get; init; } = 0.25;

    /// <summary>Frequencies per position row (t, h, w); three numbers that sum to half the rotated channels. The first is never read.</summary>
    public required IReadOnlyList<int> MropeSection { get; init; }

    /// <summary>YaRN: by how much the context is stretched, at least 1; 1 without YaRN.</summary>
    public double Factor { get; init; } = 1;

    /// <summary>YaRN: the context length of pre-training; null without YaRN.</summary>
    public int? OriginalMaxPositionEmbeddings { get; init; }

    /// <summary>YaRN: rotations above which a frequency is kept.</summary>
    public double BetaFast { get; init; } = 32;

    /// <summary>YaRN: rotations below which a frequency is fully stretched.</summary>
    public double BetaSlow { get; init; } = 1;

    /// <summary>YaRN: what cos and sin are multiplied by when given; null means 0.1·ln(factor) + 1.</summary>
    public double? AttentionFactor { get; init; }

    /// <summary>Whether the frequencies are stretched by YaRN.</summary>
    public bool IsYarn => RopeType == "yarn";
}
