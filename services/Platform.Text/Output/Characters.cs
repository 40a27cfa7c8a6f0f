namespace Platform.Text.Output;

/// <summary>What counts as white space and as a newline around tags.</summary>
internal static class Characters
{
    public static bool IsSpace(char c) => c is ' ' or '\t' or '\r' or '\n';

    public static bool IsNewline(char c) => c is '\r' or '\n';

    public static ReadOnlySpan<char> Trim(ReadOnlySpan<char> text) => text.Trim(" \t\r\n");
}
