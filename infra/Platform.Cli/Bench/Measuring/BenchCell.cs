namespace Platform.Cli.Bench;

/// <summary>One number to measure repeatedly: some work whose time is taken.</summary>
internal sealed record BenchCell
{
    /// <summary>The part of the report it stands in.</summary>
    public required string Section { get; init; }

    /// <summary>What it is, in a few words.</summary>
    public required string Name { get; init; }

    /// <summary>Tokens done in the time that <see cref="SecondsAsync"/> returns.</summary>
    public required double Tokens { get; init; }

    /// <summary>The least the work takes.</summary>
    public required StepCost Cost { get; init; }

    /// <summary>Does the work once, seconds. The first call warms up and counts for nothing.</summary>
    public required Func<CancellationToken, Task<double>> SecondsAsync { get; init; }

    /// <summary>Whether the time itself is worth a row: a time to first token.</summary>
    public string? TimeName { get; init; }

    /// <summary>For charts: the batch, or 0.</summary>
    public int Batch { get; init; }

    /// <summary>For charts: the context, or the prompt.</summary>
    public int Context { get; init; }
}
