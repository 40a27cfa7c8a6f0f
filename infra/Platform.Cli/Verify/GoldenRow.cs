namespace Platform.Cli.Verify;

/// <summary>What became of one golden tensor or case.</summary>
public enum GoldenVerdict
{
    /// <summary>Within its tolerance.</summary>
    Passed,

    /// <summary>Outside its tolerance, or of another shape.</summary>
    Failed,

    /// <summary>Fed in, not compared.</summary>
    Input,

    /// <summary>Known and deliberately not compared (training rows on the inference engine, rows for information).</summary>
    Skipped,

    /// <summary>Compared and printed, but not judged (a BF16 run).</summary>
    NotJudged,

    /// <summary>A golden this version does not know: makes the verification fail.</summary>
    NotCompared,
}

/// <summary>One row of the verification table.</summary>
/// <param name="Name">The golden tensor's or case's name.</param>
/// <param name="Verdict">What became of it.</param>
/// <param name="Comparison">How it was compared: "abs", "relative", "exact", "as a set", "string" ...</param>
/// <param name="MaxError">Largest error, or null where no number applies.</param>
/// <param name="MeanError">Mean error, or null where no number applies.</param>
/// <param name="Tolerance">The largest error allowed, or null where no number applies.</param>
/// <param name="Note">For a failure: what was found, what was needed.</param>
public sealed record GoldenRow(
    string Name,
    GoldenVerdict Verdict,
    string Comparison,
    double? MaxError = null,
    double? MeanError = null,
    double? Tolerance = null,
    string? Note = null)
{
    /// <summary>Whether this row makes the verification fail.</summary>
    public bool Fails => Verdict is GoldenVerdict.Failed or GoldenVerdict.NotCompared;
}
