namespace Platform.Vision;

/// <summary>What the vision service has done so far and holds now.</summary>
/// <param name="Uploads">Media received and prepared.</param>
/// <param name="UploadHits">Of these, media that were already held.</param>
/// <param name="Computations">Runs of the vision tower.</param>
/// <param name="HeldMedia">Media held now.</param>
/// <param name="HeldBytes">Their bytes.</param>
/// <param name="Evictions">Media dropped to make room.</param>
public sealed record VisionStatistics(long Uploads, long UploadHits, long Computations, int HeldMedia, long HeldBytes, long Evictions);
