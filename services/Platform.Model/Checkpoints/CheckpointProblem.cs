namespace Platform.Model;

/// <summary>One thing that is wrong with a checkpoint, and what to do about it.</summary>
/// <param name="Kind">What sort of problem it is.</param>
/// <param name="Subject">The tensor, config key or file it is about.</param>
/// <param name="Found">What was found.</param>
/// <param name="Needed">What was needed.</param>
/// <param name="Cure">The likely cause or the next step, a full sentence.</param>
public sealed record CheckpointProblem(CheckpointProblemKind Kind, string Subject, string Found, string Needed, string Cure)
{
    /// <inheritdoc/>
    public override string ToString() => $"'{Subject}': found {Found}, needed {Needed}. {Cure}";
}
