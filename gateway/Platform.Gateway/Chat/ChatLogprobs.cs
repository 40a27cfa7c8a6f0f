using System.Text.Json;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>Writes log probabilities in the shape of chat: every delivered token, those of reasoning and tags included.</summary>
internal static class ChatLogprobs
{
    public static void Write(Utf8JsonWriter writer, IReadOnlyList<ResponseToken> tokens)
    {
        writer.WriteStartObject();
        writer.WriteStartArray("content");
        foreach (var token in tokens)
        {
            writer.WriteStartObject();
            WriteToken(writer, token.Bytes, token.Logprob);
            writer.WriteStartArray("top_logprobs");
            foreach (var other in token.Top)
            {
                writer.WriteStartObject();
                WriteToken(writer, other.Bytes, other.Logprob);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNull("refusal");
        writer.WriteEndObject();
    }

    private static void WriteToken(Utf8JsonWriter writer, byte[] bytes, float logprob)
    {
        writer.WriteString("token", TokenText.Of(bytes));
        writer.WriteNumber("logprob", TokenText.Finite(logprob));
        TokenText.WriteBytes(writer, bytes);
    }
}
