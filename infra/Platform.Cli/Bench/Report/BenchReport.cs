namespace Platform.Cli.Bench;

/// <summary>Everything a run found: what was measured on what, the ceilings, the results, and what a reader must know.</summary>
internal sealed record BenchReport
{
    /// <summary>Facts in the order they are shown: processor, threads, formats, kernels, commit.</summary>
    public required IReadOnlyList<(string Name, string Value)> Facts { get; init; }

    /// <summary>The shape's name, for titles.</summary>
    public required string Title { get; init; }

    public required Ceilings Ceilings { get; init; }

    public required IReadOnlyList<BenchRow> Rows { get; init; }

    /// <summary>Sentences that belong to the numbers.</summary>
    public required IReadOnlyList<string> Notes { get; init; }
}
