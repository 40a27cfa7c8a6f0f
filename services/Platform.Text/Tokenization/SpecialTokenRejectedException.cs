namespace Platform.Text;

/// <summary>Text that may not contain added tokens spells one, and the caller asked for that to be refused. A caller's mistake: a 400 in the API.</summary>
public sealed class SpecialTokenRejectedException : Exception
{
    internal SpecialTokenRejectedException(AddedToken token, int segment, int offset)
        : base($"The text spells the added token '{token.Content}' (segment {segment}, character {offset}), " +
            "and this setting refuses added tokens in content. Remove it from the text, or let such text be read as plain text.")
    {
        Token = token;
        Segment = segment;
        Offset = offset;
    }

    /// <summary>The token that the text spells.</summary>
    public AddedToken Token { get; }

    /// <summary>Index of the segment in which the token begins; 0 where the text has no segments.</summary>
    public int Segment { get; }

    /// <summary>UTF-16 index inside that segment.</summary>
    public int Offset { get; }
}
