namespace Platform.Engine;

/// <summary>Why a prompt found less in the prefix cache than it might have.</summary>
public enum PrefixMiss
{
    /// <summary>Nothing like its beginning was ever kept.</summary>
    NoPrefix,

    /// <summary>Its beginning was kept, and given up for something else.</summary>
    Evicted,

    /// <summary>Keys and values of a longer beginning are there, but no state at its end.</summary>
    NoState,

    /// <summary>Only callers who do not share caches with this one have its beginning.</summary>
    Salt,

    /// <summary>The tokens agree, but a picture or clip among them is another one.</summary>
    Picture,
}
