namespace Platform.Engine;

/// <summary>How far loading has come.</summary>
/// <param name="LoadedWeights">Weights read so far.</param>
/// <param name="TotalWeights">Weights in the checkpoint; some (another part's) may never be read.</param>
public readonly record struct LoadProgress(long LoadedWeights, long TotalWeights);
