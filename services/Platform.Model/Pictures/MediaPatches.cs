namespace Platform.Model.Pictures;

/// <summary>A picture or clip as the vision tower takes it.</summary>
/// <param name="Values">[Grid.Patches, 3·temporal patch·patch²] flattened, normalised, rows in merge-block order.</param>
/// <param name="Grid">Patches along time, height and width.</param>
/// <param name="Timestamps">Seconds of each temporal patch (Grid.T of them) for a clip; null for a still picture.</param>
public sealed record MediaPatches(float[] Values, MediaGrid Grid, IReadOnlyList<double>? Timestamps);
