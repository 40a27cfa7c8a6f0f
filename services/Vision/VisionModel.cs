using Platform.Engine;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>What the vision service serves: a tower and the settings that prepare its input.</summary>
/// <param name="NumericsId">Names the weights and the arithmetic; part of every medium's key.</param>
/// <param name="HiddenSize">Width of an embedding: the text model's hidden size.</param>
/// <param name="Pictures">How pictures are prepared.</param>
/// <param name="Videos">How videos are prepared.</param>
/// <param name="Encode">The tower.</param>
public sealed record VisionModel(
    string NumericsId, int HiddenSize, ImageProcessorConfig Pictures, VideoProcessorConfig Videos, EncodePatches Encode)
{
    /// <summary>A checkpoint's tower with its settings for pictures and videos.</summary>
    /// <param name="tower">Loaded from <paramref name="checkpoint"/>; stays the caller's, and must outlive the service.</param>
    /// <param name="checkpoint">May be closed afterwards.</param>
    /// <param name="directory">The checkpoint's folder, for its processor settings.</param>
    /// <exception cref="ProcessorConfigException">The settings are out of range, or do not fit the tower.</exception>
    public static VisionModel Of(VisionTower tower, Checkpoint checkpoint, string directory)
    {
        ArgumentNullException.ThrowIfNull(tower);
        var pictures = ImageProcessorConfig.Load(directory);
        var videos = VideoProcessorConfig.Load(directory);
        CheckFit("pictures", pictures, tower.Config);
        CheckFit("videos", videos, tower.Config);
        return new VisionModel(
            Engine.NumericsId.Of(checkpoint, new TextModelOptions()),
            tower.Config.OutHiddenSize,
            pictures,
            videos,
            (patches, cancellationToken) => tower.Embed(patches.Values, [patches.Grid], tap: null, cancellationToken));
    }

    private static void CheckFit(string media, PatchSettings settings, VisionConfig tower)
    {
        var found = (settings.PatchSize, settings.TemporalPatchSize, settings.MergeSize);
        var needed = (tower.PatchSize, tower.TemporalPatchSize, tower.SpatialMergeSize);
        if (found != needed)
        {
            throw new ProcessorConfigException(
                $"The processor settings for {media} have patch, temporal patch and merge size {found}, but config.json's vision tower has {needed}. " +
                "The files are probably from different revisions; fetch them again from one.");
        }
    }
}
