namespace Platform.Text.Grammar;

/// <summary>Names of functions and parameters stand between an equals sign and a bracket.</summary>
internal static class CallNames
{
    private const int MaxLength = 256;

    /// <exception cref="GrammarException">The name could not be read back from a call.</exception>
    public static void Require(string name, string keyword, string pointer)
    {
        bool plain = name.Length is > 0 and <= MaxLength && name.IndexOfAny(['<', '>', '=', '\r', '\n', '"', '\'']) < 0 && name.Trim() == name;
        if (plain)
            return;
        string shown = name.Length <= 40 ? name : name[..40] + "...";
        throw new GrammarException(
            $"The name '{shown}' at {pointer} cannot stand in a tool call. Use 1 to {MaxLength} characters without quotes, line breaks, '<', '>' and '='.",
            keyword, pointer);
    }
}
