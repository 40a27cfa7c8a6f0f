using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>Runs the vision tower over one medium.</summary>
/// <param name="patches">The medium's patches.</param>
/// <param name="cancellationToken">Stops the work early where the tower can.</param>
/// <returns>[patches / merge², hidden size] flattened; the caller owns it. Called by one thread at a time.</returns>
public delegate float[] EncodePatches(MediaPatches patches, CancellationToken cancellationToken);
