namespace Platform.Text;

/// <summary>What to do with text that spells an added token.</summary>
public enum SpecialTokens
{
    /// <summary>It stays text: encoded like any other characters.</summary>
    AsText,

    /// <summary>It becomes the token.</summary>
    Parse,

    /// <summary>It is refused with a <see cref="SpecialTokenRejectedException"/>.</summary>
    Reject,
}
