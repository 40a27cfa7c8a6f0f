using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>Runs the vision tower over one medium.</summary>
/// <param name="patches">The medium's patches.</param>
/// <param name="cancellationToken">Stops the work early where the tower can.</param>
/// <returns>[patches / merge², hidden size] flattened; the caller owns it. Called by one thread at a time.</returns>
public delegate float[] EncodePatches(MediaPatches patches, CancellationToken cancellationToken);

/// <summary>What the vision service serves: a tower and the settings that prepare its input.</summary>
/// <param name="NumericsId">Names the weights and the arithmetic; part of every medium's key.</param>
/// <param name="HiddenSize">Width of an embedding: the text model's hidden size.</param>
/// <param name="Pictures">How pictures are prepared.</param>
/// <param name="Videos">How videos are prepared.</param>
/// <param name="Encode">The tower.</param>
public sealed record VisionModel(
    string NumericsId, int HiddenSize, ImageProcessorConfig Pictures, VideoProcessorConfig Videos, EncodePatches Encode);
