using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Rewrites one message from the wire form into the template's form. What it does not know passes unchanged.</summary>
internal static class MessageForm
{
    public static bool IsSystem(JsonElement message) => JsonText.Is(message, "role", "system") || JsonText.Is(message, "role", "developer");

    public static void Write(Utf8JsonWriter writer, JsonElement message, int index, int maxDepth)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw new ChatRenderException("A message must be an object with a 'role'.", index);
        bool hasReasoning = JsonText.Get(message, "reasoning_content") is { ValueKind: JsonValueKind.String };
        writer.WriteStartObject();
        foreach (var (name, value) in JsonText.Properties(message))
        {
            if (name == "role" && IsSystem(message))
                writer.WriteString(name, "system");
            else if (name == "reasoning" && !hasReasoning && value.ValueKind == JsonValueKind.String)
                WriteRaw(writer, "reasoning_content", value);
            else if (name == "content" && value.ValueKind == JsonValueKind.Array)
                WriteContent(writer, value);
            else if (name == "tool_calls" && value.ValueKind == JsonValueKind.Array)
                WriteCalls(writer, value, index, maxDepth);
            else if (name != "reasoning_content" || hasReasoning)
                WriteRaw(writer, name, value);
        }

        writer.WriteEndObject();
    }

    public static void WriteParts(Utf8JsonWriter writer, JsonElement parts)
    {
        foreach (var part in parts.EnumerateArray())
        {
            if (part.ValueKind == JsonValueKind.Object)
                WritePart(writer, part);
            else
                writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(part), skipInputValidation: true);
        }
    }

    private static void WriteContent(Utf8JsonWriter writer, JsonElement parts)
    {
        writer.WriteStartArray("content");
        WriteParts(writer, parts);
        writer.WriteEndArray();
    }

    private static void WritePart(Utf8JsonWriter writer, JsonElement part)
    {
        writer.WriteStartObject();
        foreach (var (name, value) in JsonText.Properties(part))
        {
            if (name == "type" && value.ValueKind == JsonValueKind.String)
                writer.WriteString(name, TemplateType(JsonText.String(value)));
            else
                WriteRaw(writer, name is "video_url" or "input_video" ? "video" : name, value);
        }

        writer.WriteEndObject();
    }

    private static string TemplateType(string wireType) => wireType switch
    {
        "input_text" or "output_text" => "text",
        "input_image" => "image",
        "input_video" or "video_url" => "video",
        _ => wireType,
    };

    private static void WriteCalls(Utf8JsonWriter writer, JsonElement calls, int index, int maxDepth)
    {
        writer.WriteStartArray("tool_calls");
        int call = 0;
        foreach (var element in calls.EnumerateArray())
            WriteCall(writer, element, new CallPlace(index, call++, maxDepth));
        writer.WriteEndArray();
    }

    private static void WriteCall(Utf8JsonWriter writer, JsonElement call, CallPlace place)
    {
        if (call.ValueKind != JsonValueKind.Object)
            throw place.Error("must be an object");
        writer.WriteStartObject();
        foreach (var (name, value) in JsonText.Properties(call))
        {
            if (name == "arguments")
                WriteArguments(writer, value, place);
            else if (name == "function" && value.ValueKind == JsonValueKind.Object)
                WriteFunction(writer, value, place);
            else
                WriteRaw(writer, name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteFunction(Utf8JsonWriter writer, JsonElement function, CallPlace place)
    {
        writer.WritePropertyName("function");
        writer.WriteStartObject();
        foreach (var (name, value) in JsonText.Properties(function))
        {
            if (name == "arguments")
                WriteArguments(writer, value, place);
            else
                WriteRaw(writer, name, value);
        }

        writer.WriteEndObject();
    }

    private static void WriteArguments(Utf8JsonWriter writer, JsonElement arguments, CallPlace place)
    {
        var value = arguments.ValueKind == JsonValueKind.String ? Parse(JsonText.String(arguments), place) : arguments;
        if (value.ValueKind != JsonValueKind.Object)
            throw place.Error("has arguments that are no JSON object");
        WriteRaw(writer, "arguments", value);
    }

    private static JsonElement Parse(string json, CallPlace place)
    {
        try
        {
            return JsonElement.Parse(Encoding.UTF8.GetBytes(json), new JsonDocumentOptions { MaxDepth = place.MaxDepth });
        }
        catch (JsonException)
        {
            throw place.Error("has arguments that are not valid JSON");
        }
    }

    private static void WriteRaw(Utf8JsonWriter writer, string name, JsonElement value)
    {
        writer.WritePropertyName(name);
        writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(value), skipInputValidation: true);
    }

    private readonly record struct CallPlace(int MessageIndex, int CallIndex, int MaxDepth)
    {
        public ChatRenderException Error(string what) =>
            new($"messages[{MessageIndex}].tool_calls[{CallIndex}] {what}.", MessageIndex);
    }
}
