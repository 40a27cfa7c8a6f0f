namespace Platform.Text.Grammar;

/// <summary>All the ways to have read the bytes so far, in the order in which they were found.</summary>
internal sealed class AutomatonState : IEquatable<AutomatonState>
{
    private readonly Configuration[] _configurations;
    private readonly int _hash;

    public AutomatonState(Configuration[] configurations, bool mayEnd, bool escapes, int deepest)
    {
        _configurations = configurations;
        MayEnd = mayEnd;
        Escapes = escapes;
        Deepest = deepest;
        var hash = default(HashCode);
        hash.Add(mayEnd);
        hash.Add(escapes);
        foreach (var configuration in configurations)
            hash.Add(configuration);
        _hash = hash.ToHashCode();
    }

    /// <summary>Nothing can follow, and it is no end.</summary>
    public static AutomatonState Dead { get; } = new([], false, false, -1);

    public ReadOnlySpan<Configuration> Configurations => _configurations;

    /// <summary>The answer may end here.</summary>
    public bool MayEnd { get; }

    /// <summary>A rule looked at by itself may end here.</summary>
    public bool Escapes { get; }

    /// <summary>For a rule looked at by itself: the stack levels that were asked for to get here, granted or not. Else -1.</summary>
    public int Deepest { get; }

    public bool IsDead => _configurations.Length == 0 && !MayEnd && !Escapes;

    /// <summary>By byte class; filled when first needed.</summary>
    public AutomatonState?[]? Next { get; set; }

    /// <summary>What may come next, once it was computed.</summary>
    public TokenMask? Mask { get; set; }

    public bool Equals(AutomatonState? other) =>
        other is not null && _hash == other._hash && MayEnd == other.MayEnd && Escapes == other.Escapes && Deepest == other.Deepest
        && Configurations.SequenceEqual(other.Configurations);

    public override bool Equals(object? obj) => Equals(obj as AutomatonState);

    public override int GetHashCode() => _hash;
}
