using System.Globalization;
using System.Text.Json;

namespace Platform.Gateway.Json;

/// <summary>Says in words what a JSON value is, short enough for an error message.</summary>
internal static class JsonWords
{
    private const int MaxShown = 60;

    public static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => $"the string {Shorten(value.GetRawText())}",
        JsonValueKind.Number => $"the number {Shorten(value.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        JsonValueKind.Array => string.Create(CultureInfo.InvariantCulture, $"an array of {value.GetArrayLength()}"),
        JsonValueKind.Object => "an object",
        _ => "nothing",
    };

    public static string Shorten(string text) => text.Length <= MaxShown ? text : Cut(text) + "…";

    private static string Cut(string text) => text[..(char.IsHighSurrogate(text[MaxShown - 1]) ? MaxShown - 1 : MaxShown)];
}
