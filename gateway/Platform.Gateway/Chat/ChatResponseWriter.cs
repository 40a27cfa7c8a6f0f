using System.Text;
using System.Text.Json;
using Platform.Gateway.Models;
using Platform.Text.Output;

namespace Platform.Gateway.Chat;

/// <summary>Writes a whole chat response as one <c>chat.completion</c>.</summary>
internal static class ChatResponseWriter
{
    public static void Write(Utf8JsonWriter writer, ChatAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", answer.Id);
        writer.WriteString("object", "chat.completion");
        writer.WriteNumber("created", answer.Created);
        writer.WriteString("model", answer.Request.Model.Name);
        writer.WriteString("system_fingerprint", answer.NumericsId);
        writer.WriteNumber("seed", answer.Seed);
        if (ReasoningModeNames.Of(answer.Mode) is { } mode)
            writer.WriteString("reasoning_mode", mode);
        writer.WriteStartArray("choices");
        foreach (var choice in answer.Choices)
            WriteChoice(writer, choice, answer.Request.Logprobs);
        writer.WriteEndArray();
        writer.WritePropertyName("usage");
        answer.Usage.Write(writer);
        writer.WriteEndObject();
    }

    private static void WriteChoice(Utf8JsonWriter writer, ChatChoice choice, bool logprobs)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", choice.Index);
        writer.WritePropertyName("message");
        WriteMessage(writer, choice.Deltas);
        writer.WritePropertyName("logprobs");
        if (logprobs)
            ChatLogprobs.Write(writer, choice.TokensToTell);
        else
            writer.WriteNullValue();
        writer.WriteString("finish_reason", choice.FinishReason);
        if (ReasoningModeNames.Of(choice.Mode) is { } mode)
            writer.WriteString("reasoning_mode", mode);
        writer.WriteEndObject();
    }

    private static void WriteMessage(Utf8JsonWriter writer, IReadOnlyList<OutputDelta> deltas)
    {
        writer.WriteStartObject();
        writer.WriteString("role", "assistant");
        writer.WriteString("content", Joined(deltas.OfType<ContentDelta>().Select(delta => delta.Text)));
        writer.WriteNull("refusal");
        writer.WriteString("reasoning_content", Joined(deltas.OfType<ReasoningDelta>().Select(delta => delta.Text)));
        if (deltas.OfType<ToolCallStart>().Any())
            WriteCalls(writer, deltas);
        writer.WriteEndObject();
    }

    private static void WriteCalls(Utf8JsonWriter writer, IReadOnlyList<OutputDelta> deltas)
    {
        var arguments = deltas.OfType<ToolCallArguments>().ToLookup(delta => delta.Index, delta => delta.Json);
        writer.WriteStartArray("tool_calls");
        foreach (var call in deltas.OfType<ToolCallStart>())
        {
            writer.WriteStartObject();
            writer.WriteString("id", call.Id);
            writer.WriteString("type", "function");
            writer.WriteStartObject("function");
            writer.WriteString("name", call.Name);
            writer.WriteString("arguments", string.Concat(arguments[call.Index]));
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static string? Joined(IEnumerable<string> pieces)
    {
        var text = new StringBuilder();
        foreach (var piece in pieces)
            text.Append(piece);
        return text.Length == 0 ? null : text.ToString();
    }
}
