using System.Text;

namespace Platform.Text;

/// <summary>Brings text into the form in which it is split: well-formed UTF-16 in Unicode's form C.</summary>
internal static class Normalization
{
    /// <summary>Text of characters below this one is in form C whatever it is.</summary>
    private const char FirstThatMayChange = '\u0300';

    /// <summary>Not a character: the platform's normalisation refuses text that holds it.</summary>
    private const char Noncharacter = '\uFFFE';

    /// <summary>The text itself if nothing needs to change, else new text.</summary>
    public static ReadOnlySpan<char> Apply(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyExceptInRange('\0', (char)(FirstThatMayChange - 1)))
            return text;
        text = ReplaceLoneSurrogates(text);
        if (!text.Contains(Noncharacter))
            return FormC(text);
        var parts = new StringBuilder(text.Length);
        foreach (var range in text.Split(Noncharacter))
        {
            if (range.Start.Value > 0)
                parts.Append(Noncharacter);
            parts.Append(FormC(text[range]));
        }
        return parts.ToString();
    }

    /// <summary>Makes sure that this process can normalise.</summary>
    /// <exception cref="TokenizerException">It runs without Unicode data and would return text unchanged.</exception>
    public static void RequireUnicodeData(Func<string, string>? normalize = null)
    {
        normalize ??= text => text.Normalize(NormalizationForm.FormC);
        if (normalize("e\u0301") != "\u00E9")
        {
            throw new TokenizerException(
                "This process cannot normalise Unicode text (an e with a combining accent stays two characters), so ids would silently be wrong. " +
                "It runs in globalization-invariant mode: set DOTNET_SYSTEM_GLOBALIZATION_INVARIANT=0 and install ICU (Debian: libicu72).");
        }
    }

    private static ReadOnlySpan<char> FormC(ReadOnlySpan<char> text)
    {
        // Even asking takes the platform minutes for a megabyte of unordered marks.
        text = CombiningOrder.Apply(text);
        return text.IsNormalized(NormalizationForm.FormC) ? text : text.ToString().Normalize(NormalizationForm.FormC);
    }

    private static ReadOnlySpan<char> ReplaceLoneSurrogates(ReadOnlySpan<char> text)
    {
        var lone = NextLoneSurrogate(text, 0);
        if (lone < 0)
            return text;
        var replaced = text.ToArray();
        for (; lone >= 0; lone = NextLoneSurrogate(text, lone + 1))
            replaced[lone] = '\uFFFD';
        return replaced;
    }

    private static int NextLoneSurrogate(ReadOnlySpan<char> text, int from)
    {
        while (from < text.Length)
        {
            var ahead = text[from..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (ahead < 0)
                return -1;
            from += ahead;
            if (from + 1 >= text.Length || !char.IsSurrogatePair(text[from], text[from + 1]))
                return from;
            from += 2;
        }
        return -1;
    }
}
