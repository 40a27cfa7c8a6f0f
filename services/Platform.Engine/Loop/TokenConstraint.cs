namespace Platform.Engine;

/// <summary>What a <see cref="TokenConstraintRule"/> asks for: nothing, one token, or a set of tokens.</summary>
public readonly struct TokenConstraint
{
    private readonly int _forcedPlusOne;

    private TokenConstraint(int forced, ulong[]? allowed)
    {
        _forcedPlusOne = forced + 1;
        AllowedMask = allowed;
    }

    /// <summary>No constraint.</summary>
    public static TokenConstraint None => default;

    /// <summary>Exactly this id comes next, whatever the logits say; its log-probability is still the raw one.</summary>
    public static TokenConstraint Forced(int token)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(token);
        return new TokenConstraint(token, null);
    }

    /// <summary>Only ids whose bit is set may come: id i is bit i % 64 of word i / 64; ids past the mask's end are not allowed.</summary>
    /// <param name="mask">Read during the step only; not kept, not changed.</param>
    public static TokenConstraint Allowed(ulong[] mask)
    {
        ArgumentNullException.ThrowIfNull(mask);
        return new TokenConstraint(-1, mask);
    }

    /// <summary>The forced id, or null.</summary>
    public int? ForcedToken => _forcedPlusOne > 0 ? _forcedPlusOne - 1 : null;

    /// <summary>The mask of allowed ids, or null.</summary>
    public ulong[]? AllowedMask { get; }
}
