namespace Platform.Cli.Bench;

/// <summary>One result.</summary>
internal sealed record BenchRow
{
    /// <summary>The part of the report it stands in.</summary>
    public required string Section { get; init; }

    public required string Name { get; init; }

    /// <summary>Of the values; empty for a ratio.</summary>
    public required string Unit { get; init; }

    public required Samples Values { get; init; }

    /// <summary>Parts of the roofline reached, 0 to 1, against the bandwidth measured beside each value; null where there is none.</summary>
    public Samples? Shares { get; init; }

    /// <summary>What bounds it: bytes or operations; null where there is no roofline.</summary>
    public string? Bound { get; init; }

    /// <summary>What a reader must know with it, or null.</summary>
    public string? Note { get; init; }

    /// <summary>Sequences in the batch, 0 where that means nothing.</summary>
    public int Batch { get; init; }

    /// <summary>Context or prompt in tokens, 0 where that means nothing.</summary>
    public int Context { get; init; }
}
