using System.Text.Json;

namespace Platform.Cli.Verify;

/// <summary>Says where two strings part, for a verification table.</summary>
internal static class StringDifference
{
    private const int Context = 40;

    public static string Describe(string found, string expected)
    {
        int at = found.AsSpan().CommonPrefixLength(expected);
        return $"differs at character {at}: found {Excerpt(found, at)}, needed {Excerpt(expected, at)}";
    }

    private static string Excerpt(string text, int at)
    {
        int start = Math.Max(0, at - (Context / 2));
        int end = Math.Min(text.Length, at + Context);
        return JsonSerializer.Serialize(text[start..end]);
    }
}
