using System.Buffers;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>
/// Brings a request from its wire form into the form the templates expect: argument strings become objects (numbers keep their
/// spelling), <c>developer</c> becomes <c>system</c>, leading system messages are joined, parts of other APIs get the names the
/// template knows, <c>reasoning</c> becomes <c>reasoning_content</c>, and the effort <c>none</c> switches thinking off.
/// </summary>
public static class ChatNormalization
{
    /// <summary>Nesting of the rebuilt messages: that of the arguments plus the message around them.</summary>
    private const int EnvelopeDepth = 128;

    private static readonly ChatNormalizationOptions Defaults = new();

    /// <summary>Normalises messages and reasoning effort; tools stay as they are.</summary>
    /// <exception cref="ChatRenderException">A message cannot be brought into the template's form.</exception>
    public static ChatPrompt Normalize(ChatPrompt request, ChatNormalizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool? effort = string.Equals(request.ReasoningEffort, "none", StringComparison.Ordinal) ? false : null;
        return request with
        {
            Messages = Messages(request.Messages, options ?? Defaults),
            EnableThinking = request.EnableThinking ?? effort,
        };
    }

    /// <summary>
    /// Takes over <c>chat_template_kwargs</c>: only scalar values, and of a limited size. Names that no template looks at are ignored.
    /// </summary>
    /// <exception cref="ChatRenderException">Not an object, too large, a value that is no scalar, or a switch that is no boolean.</exception>
    public static ChatPrompt WithTemplateVariables(ChatPrompt request, JsonElement variables, ChatNormalizationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (variables.ValueKind != JsonValueKind.Object)
            throw new ChatRenderException("'chat_template_kwargs' must be an object.");
        int bytes = JsonMarshal.GetRawUtf8Value(variables).Length;
        int limit = (options ?? Defaults).MaxTemplateVariableBytes;
        if (bytes > limit)
            throw new ChatRenderException($"'chat_template_kwargs' has {bytes} bytes; at most {limit} are accepted.");
        foreach (var (name, value) in JsonText.Properties(variables))
            request = WithVariable(request, name, value);
        return request;
    }

    private static ChatPrompt WithVariable(ChatPrompt request, string name, JsonElement value)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array)
            throw new ChatRenderException($"'{name}' of 'chat_template_kwargs' must be a string, number, boolean or null.");
        return name switch
        {
            "enable_thinking" => request with { EnableThinking = Switch(name, value) },
            "preserve_thinking" => request with { PreserveThinking = Switch(name, value) },
            "add_vision_id" => request with { AddVisionId = Switch(name, value) ?? false },
            "reasoning_effort" when value.ValueKind == JsonValueKind.String => request with { ReasoningEffort = JsonText.String(value) },
            _ => request,
        };
    }

    private static bool? Switch(string name, JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Null => null,
        _ => throw new ChatRenderException($"'{name}' must be true or false; the template would ignore {value.GetRawText()}."),
    };

    private static JsonElement Messages(JsonElement messages, ChatNormalizationOptions options)
    {
        if (messages.ValueKind != JsonValueKind.Array)
            throw new ChatRenderException("'messages' must be a list of messages.");
        JsonElement[] all = [.. messages.EnumerateArray()];
        int leading = options.StrictSystemMessages ? 0 : all.TakeWhile(MessageForm.IsSystem).Count();
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            writer.WriteStartArray();
            if (leading > 1)
                SystemMessages.WriteJoined(writer, all.AsSpan(0, leading));
            for (int index = leading > 1 ? leading : 0; index < all.Length; index++)
                MessageForm.Write(writer, all[index], index, options.MaxArgumentDepth);
            writer.WriteEndArray();
        }

        var limits = new JsonDocumentOptions { MaxDepth = options.MaxArgumentDepth + EnvelopeDepth };
        return JsonElement.Parse(buffer.WrittenSpan, limits);
    }
}
