using System.Text.Json;
using Platform.Gateway.Responses;

namespace Platform.Gateway.Completions;

/// <summary>Writes plain completions, whole or piece by piece; both have the object name <c>text_completion</c>.</summary>
internal static class CompletionWriter
{
    public static void WriteWhole(Utf8JsonWriter writer, CompletionAnswer answer)
    {
        WriteHead(writer, answer);
        writer.WriteStartArray("choices");
        foreach (var choice in answer.Choices)
            WriteChoice(writer, choice, answer.Request.Logprobs is not null);
        writer.WriteEndArray();
        writer.WritePropertyName("usage");
        answer.Usage.Write(writer);
        writer.WriteEndObject();
    }

    public static void WritePiece(Utf8JsonWriter writer, CompletionAnswer answer, CompletionChoice choice)
    {
        WriteHead(writer, answer);
        writer.WriteStartArray("choices");
        WriteChoice(writer, choice, answer.Request.Logprobs is not null);
        writer.WriteEndArray();
        if (answer.Request.Generation.IncludeUsage)
            writer.WriteNull("usage");
        writer.WriteEndObject();
    }

    public static void WriteUsage(Utf8JsonWriter writer, CompletionAnswer answer)
    {
        WriteHead(writer, answer);
        writer.WriteStartArray("choices");
        writer.WriteEndArray();
        writer.WritePropertyName("usage");
        answer.Usage.Write(writer);
        writer.WriteEndObject();
    }

    private static void WriteHead(Utf8JsonWriter writer, CompletionAnswer answer)
    {
        writer.WriteStartObject();
        writer.WriteString("id", answer.Id);
        writer.WriteString("object", "text_completion");
        writer.WriteNumber("created", answer.Created);
        writer.WriteString("model", answer.Request.Model.Name);
        writer.WriteString("system_fingerprint", answer.NumericsId);
        writer.WriteNumber("seed", answer.Seed);
    }

    private static void WriteChoice(Utf8JsonWriter writer, CompletionChoice choice, bool logprobs)
    {
        writer.WriteStartObject();
        writer.WriteNumber("index", choice.Index);
        writer.WriteString("text", choice.Text());
        writer.WritePropertyName("logprobs");
        if (logprobs)
            WriteLogprobs(writer, choice);
        else
            writer.WriteNullValue();
        writer.WriteString("finish_reason", choice.FinishReason);
        writer.WriteEndObject();
    }

    private static void WriteLogprobs(Utf8JsonWriter writer, CompletionChoice choice)
    {
        var tokens = choice.TokensToTell;
        writer.WriteStartObject();
        writer.WriteStartArray("tokens");
        foreach (var token in tokens)
            writer.WriteStringValue(TokenText.Of(token.Bytes));
        writer.WriteEndArray();
        writer.WriteStartArray("token_logprobs");
        foreach (var token in tokens)
            writer.WriteNumberValue(TokenText.Finite(token.Logprob));
        writer.WriteEndArray();
        writer.WriteStartArray("top_logprobs");
        foreach (var token in tokens)
        {
            writer.WriteStartObject();

            // Different bytes can have one text; an object's keys must differ, and the likelier token comes first.
            foreach (var other in token.Top.DistinctBy(other => TokenText.Of(other.Bytes)))
                writer.WriteNumber(TokenText.Of(other.Bytes), TokenText.Finite(other.Logprob));
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteStartArray("text_offset");
        var offset = choice.TextOffset;
        foreach (var token in tokens)
        {
            writer.WriteNumberValue(offset);
            offset += TokenText.Of(token.Bytes).Length;
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }
}
