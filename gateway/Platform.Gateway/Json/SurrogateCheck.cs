using System.Globalization;

namespace Platform.Gateway.Json;

/// <summary>Finds <c>\u</c> escapes of half a character, which JSON's grammar allows and no text can hold.</summary>
internal static class SurrogateCheck
{
    /// <summary>The offset of the first lone surrogate in valid JSON, or −1.</summary>
    public static int FirstLone(ReadOnlySpan<byte> json)
    {
        var at = 0;
        while (true)
        {
            // In valid JSON a backslash stands only inside a string and always begins an escape.
            var next = json[at..].IndexOf((byte)'\\');
            if (next < 0)
                return -1;
            at += next;
            if (json[at + 1] != (byte)'u')
            {
                at += 2;
                continue;
            }

            var unit = Unit(json, at);
            if (char.IsLowSurrogate(unit))
                return at;
            if (!char.IsHighSurrogate(unit))
            {
                at += 6;
                continue;
            }

            var follows = json[(at + 6)..];
            if (follows.Length < 6 || follows[0] != (byte)'\\' || follows[1] != (byte)'u' || !char.IsLowSurrogate(Unit(json, at + 6)))
                return at;
            at += 12;
        }
    }

    private static char Unit(ReadOnlySpan<byte> json, int escape) =>
        (char)ushort.Parse(json.Slice(escape + 2, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
}
