using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Platform.Cli.Chat;

/// <summary>A server that speaks the OpenAI chat API, as the terminal chat needs it. Owns its HTTP client.</summary>
internal sealed class ChatConnection : IDisposable
{
    private readonly HttpClient _http;

    public ChatConnection(Uri server, string? apiKey)
    {
        _http = new HttpClient { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        if (!string.IsNullOrEmpty(apiKey))
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", apiKey);
    }

    /// <summary>The first model served. Throws <see cref="ChatProblemException"/> when there is none or the server refuses.</summary>
    public async Task<string> FirstModelAsync(CancellationToken cancellationToken)
    {
        using var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, "/v1/models"), cancellationToken);
        var models = await answer.Content.ReadFromJsonAsync<JsonObject>(cancellationToken);
        return models?["data"]?.AsArray().FirstOrDefault()?["id"]?.GetValue<string>()
            ?? throw new ChatProblemException("The server serves no model yet. Wait until it is ready, or look at its log.");
    }

    /// <summary>Streams one answer. Cancelling ends it at the server as well.</summary>
    public async IAsyncEnumerable<ChatPiece> AskAsync(JsonObject body, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/chat/completions") { Content = JsonContent.Create(body) };
        using var answer = await SendAsync(request, cancellationToken);
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(cancellationToken))
        {
            if (item.Data == "[DONE]")
                yield break;
            if (ChatPiece.Read(item.Data) is { } piece)
                yield return piece;
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        HttpResponseMessage answer;
        try
        {
            answer = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        }
        catch (HttpRequestException unreachable)
        {
            throw new ChatProblemException(
                $"No server answers at {_http.BaseAddress} ({unreachable.Message}). Start one with `./platform up`, or name another with --url.", unreachable);
        }

        if (answer.IsSuccessStatusCode)
            return answer;
        using (answer)
        {
            var message = await ErrorMessageAsync(answer, cancellationToken);
            throw new ChatProblemException(answer.StatusCode == HttpStatusCode.Unauthorized
                ? $"{message} From here: --key KEY, or the variable PLATFORM_API_KEY."
                : message);
        }
    }

    private static async Task<string> ErrorMessageAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        var body = await answer.Content.ReadAsStringAsync(cancellationToken);
        try
        {
            if (JsonNode.Parse(body)?["error"]?["message"]?.GetValue<string>() is { } message)
                return $"{(int)answer.StatusCode}: {message}";
        }
        catch (Exception notJson) when (notJson is JsonException or InvalidOperationException)
        {
            // Not our server's shape: show what came.
        }

        return $"{(int)answer.StatusCode}: {(body.Length > 300 ? body[..300] : body)}";
    }
}
