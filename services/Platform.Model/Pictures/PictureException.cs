namespace Platform.Model.Pictures;

/// <summary>A picture or video that cannot be used, because of what the caller sent. The message says what was found, the rule it
/// breaks and what to do, so an API can show it as it is.</summary>
public sealed class PictureException : Exception
{
    /// <param name="found">What was found: "The picture is 1x100000 pixels."</param>
    /// <param name="rule">The rule it breaks: "The longer side may be at most 200 times the shorter."</param>
    /// <param name="cure">What the caller can do: "Crop it."</param>
    /// <param name="cause">The error underneath, if there is one.</param>
    public PictureException(string found, string rule, string cure, Exception? cause = null)
        : base($"{found} {rule} {cure}", cause)
    {
        Found = found;
        Rule = rule;
        Cure = cure;
    }

    /// <summary>What was found.</summary>
    public string Found { get; }

    /// <summary>The rule it breaks.</summary>
    public string Rule { get; }

    /// <summary>What the caller can do.</summary>
    public string Cure { get; }
}
