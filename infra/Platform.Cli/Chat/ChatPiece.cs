using System.Text.Json.Nodes;

namespace Platform.Cli.Chat;

/// <summary>What one streamed chunk brought: reasoning, content, or the end with its reason.</summary>
internal sealed record ChatPiece(string? Reasoning, string? Content, string? FinishReason, int? OutputTokens)
{
    /// <summary>Reads a chunk; null when it brings nothing to show. Throws <see cref="ChatProblemException"/> for an error event.</summary>
    public static ChatPiece? Read(string json)
    {
        var chunk = JsonNode.Parse(json);
        if (chunk?["error"]?["message"]?.GetValue<string>() is { } message)
            throw new ChatProblemException(message);
        var outputTokens = chunk?["usage"]?["completion_tokens"]?.GetValue<int>();
        var choice = chunk?["choices"]?.AsArray().FirstOrDefault();
        var piece = new ChatPiece(
            choice?["delta"]?["reasoning_content"]?.GetValue<string>(),
            choice?["delta"]?["content"]?.GetValue<string>(),
            choice?["finish_reason"]?.GetValue<string>(),
            outputTokens);
        return piece is (null, null, null, null) ? null : piece;
    }
}
