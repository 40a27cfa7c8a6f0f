namespace Platform.Text.Grammar;

/// <summary>A schema, expression or tool cannot be compiled: what was found, the rule, the cure. A caller's mistake.</summary>
public sealed class GrammarException : Exception
{
    /// <summary>Says what is wrong with what.</summary>
    /// <param name="message">Found, rule, cure.</param>
    /// <param name="keyword">The JSON Schema keyword at fault, or null.</param>
    /// <param name="location">JSON pointer of the schema that holds it, as a URI fragment: <c>#</c> is the root; null for expressions.</param>
    public GrammarException(string message, string? keyword = null, string? location = null)
        : base(message)
    {
        Keyword = keyword;
        Location = location;
    }

    /// <summary>The JSON Schema keyword at fault, or null.</summary>
    public string? Keyword { get; }

    /// <summary>JSON pointer of the schema that holds the keyword, or null.</summary>
    public string? Location { get; }
}
