namespace Platform.Engine;

/// <summary>The linear-attention state after all tokens up to the end of its node, in a slot of its own, and what is known of its use.</summary>
internal sealed class StateCheckpoint
{
    public required PrefixNode Node { get; set; }

    public required int Slot { get; init; }

    /// <summary>Taken where a generated turn ended, not at a border of the prompt.</summary>
    public bool IsTurnEnd { get; init; }

    /// <summary>Its conversation is bound to come back here once, whatever follows it.</summary>
    public bool IsReturn { get; init; }

    /// <summary>Its conversation went another way or further on from here, and will hardly come back.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>Names the tokens before it, salt included; remembered when it is evicted.</summary>
    public required ulong Name { get; init; }

    /// <summary>When it was made or last hit, in admissions.</summary>
    public required long LastUsed { get; set; }

    /// <summary>Admissions between two uses, averaged, inherited from the checkpoint it continues; 0 while unknown.</summary>
    public double Period { get; set; }

    public int Hits { get; set; }

    /// <summary>Running sequences that started from here and will leave a checkpoint further on.</summary>
    public int Continuations { get; set; }

    /// <summary>An admission is about to read it.</summary>
    public bool IsPinned { get; set; }

    /// <summary>Its place in the cache's list.</summary>
    public int Index { get; set; } = -1;
}
