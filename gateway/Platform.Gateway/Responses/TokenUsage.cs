using System.Text.Json;

namespace Platform.Gateway.Responses;

/// <summary>Tokens of a request, summed over its choices; the prompt counts once, however many choices share it.</summary>
internal readonly record struct TokenUsage(int Prompt, int Cached, int Completion, int Reasoning)
{
    public void Write(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("prompt_tokens", Prompt);
        writer.WriteNumber("completion_tokens", Completion);
        writer.WriteNumber("total_tokens", Prompt + Completion);
        writer.WriteStartObject("prompt_tokens_details");
        writer.WriteNumber("cached_tokens", Cached);
        writer.WriteEndObject();
        writer.WriteStartObject("completion_tokens_details");
        writer.WriteNumber("reasoning_tokens", Reasoning);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }
}
