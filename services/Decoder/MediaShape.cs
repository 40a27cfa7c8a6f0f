using Platform.Model;

namespace Platform.Decoder;

/// <summary>How pictures and videos stand in a prompt.</summary>
/// <param name="Config">The model's shape, with a vision part.</param>
/// <param name="MergeSize">Patches per side that make one embedding.</param>
internal sealed record MediaShape(ModelConfig Config, int MergeSize)
{
    /// <summary>Values of one embedding.</summary>
    public int HiddenSize => Config.Text.HiddenSize;

    /// <summary>A model's shape, or null when it has no eyes.</summary>
    public static MediaShape? Of(ModelConfig config) => config.Vision is { } vision ? new MediaShape(config, vision.SpatialMergeSize) : null;
}
