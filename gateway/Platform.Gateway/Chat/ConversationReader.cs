using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Options;

namespace Platform.Gateway.Chat;

/// <summary>
/// Checks messages and tools and writes them for the tokenizer, with bare parts in place of pictures and videos. What the chat
/// template forbids beyond that, the tokenizer says.
/// </summary>
internal sealed class ConversationReader
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool"];

    private readonly GatewayOptions _options;
    private readonly Warnings _warnings;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly Utf8JsonWriter _writer;
    private readonly ContentReader _content;

    private ConversationReader(GatewayOptions options, Warnings warnings)
    {
        _options = options;
        _warnings = warnings;
        _writer = JsonOutput.Writer(_output);
        _content = new ContentReader(options, warnings, _writer);
    }

    public static Conversation Read(FieldReader fields, GatewayOptions options, Warnings warnings)
    {
        var reader = new ConversationReader(options, warnings);
        using (reader._writer)
            return reader.Read(fields);
    }

    private Conversation Read(FieldReader fields)
    {
        var messages = fields.Array("messages", _options.MaxMessages, "Gateway:MaxMessages")
            ?? throw ApiException.Invalid("'messages' is missing: a conversation is needed. Send at least one message.", "messages");
        if (messages.GetArrayLength() == 0)
            throw ApiException.Invalid("'messages' is empty, but a conversation has at least one message. Send one.", "messages");

        _writer.WriteStartObject();
        _writer.WriteStartArray("messages");
        var at = 0;
        var role = "";
        foreach (var message in messages.EnumerateArray())
            role = Message(message, string.Create(CultureInfo.InvariantCulture, $"messages[{at++}]"));
        _writer.WriteEndArray();
        var tools = ToolsReader.Read(fields, _options);
        if (tools.Length > 0)
        {
            _writer.WritePropertyName("tools");
            _writer.WriteRawValue(tools, skipInputValidation: true);
        }

        _writer.WriteEndObject();
        _writer.Flush();
        return new Conversation(_output.WrittenSpan.ToArray(), tools, _content.Media, role == "assistant");
    }

    private string Message(JsonElement message, string path)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"'{path}' is {JsonWords.Describe(message)}, but a message is an object with a role and content.", path);
        var fields = new FieldReader(message, path, _warnings);
        var role = Role(fields);
        _writer.WriteStartObject();
        _writer.WriteString("role", role);
        _writer.WritePropertyName("content");
        _content.Write(fields, role);
        Copy(fields, "reasoning_content");
        Copy(fields, "reasoning");
        Copy(fields, "name");
        Copy(fields, "tool_call_id");
        ToolCalls(fields, path);
        _writer.WriteEndObject();
        fields.Accept("refusal", "annotations", "audio", "id");
        fields.WarnOfUnread();
        return role;
    }

    private static string Role(FieldReader fields)
    {
        var rule = $"one of {string.Join(", ", Roles)}";
        if (fields.Find("role") is not { } value)
            throw ApiException.Invalid($"'{fields.PathOf("role")}' is missing, but must be {rule}.", fields.PathOf("role"));
        return value.ValueKind == JsonValueKind.String && Array.Find(Roles, value.ValueEquals) is { } role
            ? role
            : throw fields.Wrong("role", value, rule);
    }

    private void Copy(FieldReader fields, string name)
    {
        if (fields.Text(name, "a string or null") is { } text)
            _writer.WriteString(name, text);
    }

    private void ToolCalls(FieldReader fields, string path)
    {
        if (fields.Array("tool_calls", _options.MaxTools, "Gateway:MaxTools") is not { } calls)
            return;
        if (calls.GetArrayLength() == 0)
            return;
        _writer.WriteStartArray("tool_calls");
        var at = 0;
        foreach (var call in calls.EnumerateArray())
        {
            ToolCallCheck.Check(call, string.Create(CultureInfo.InvariantCulture, $"{path}.tool_calls[{at++}]"), _options.MaxJsonDepth);
            _writer.WriteRawValue(JsonMarshal.GetRawUtf8Value(call), skipInputValidation: true);
        }

        _writer.WriteEndArray();
    }
}
