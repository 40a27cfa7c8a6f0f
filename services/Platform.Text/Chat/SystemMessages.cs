using System.Runtime.InteropServices;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Joins several leading system messages into one, with an empty line between them.</summary>
internal static class SystemMessages
{
    public static void WriteJoined(Utf8JsonWriter writer, ReadOnlySpan<JsonElement> messages)
    {
        writer.WriteStartObject();
        writer.WriteString("role", "system");
        writer.WriteStartArray("content");
        bool any = false;
        for (int index = 0; index < messages.Length; index++)
            any |= WriteContent(writer, messages[index], index, any);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static bool WriteContent(Utf8JsonWriter writer, JsonElement message, int index, bool separate)
    {
        if (JsonText.Get(message, "content") is not { } content || content.ValueKind == JsonValueKind.Null)
            return false;
        if (content.ValueKind is not (JsonValueKind.String or JsonValueKind.Array))
            throw new ChatRenderException("Unexpected content type. Content is a string, a list of parts, or null.", index);
        bool isText = content.ValueKind == JsonValueKind.String;
        if (isText ? content.ValueEquals(string.Empty) : content.GetArrayLength() == 0)
            return false;
        if (separate)
            WriteText(writer, "\"\\n\\n\""u8);
        if (isText)
            WriteText(writer, JsonMarshal.GetRawUtf8Value(content));
        else
            MessageForm.WriteParts(writer, content);
        return true;
    }

    private static void WriteText(Utf8JsonWriter writer, ReadOnlySpan<byte> rawString)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WritePropertyName("text");
        writer.WriteRawValue(rawString, skipInputValidation: true);
        writer.WriteEndObject();
    }
}
