using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Conformance.Caching;

/// <summary>One agent's conversation: every third turn its user asks something, in the others a tool call is answered. Reasoning goes back as it came.</summary>
internal sealed class AgentSession(HttpClient http, string model, int number)
{
    private static readonly JsonArray Tools = [.. Enumerable.Range(0, 12).Select(Tool)];
    private readonly JsonArray _messages = [Message("system", Rules)];
    private int _turn;

    /// <summary>What is said to all sessions before anything else: with the tools, as long as all of a session's turns together.</summary>
    private static string Rules { get; } = string.Join('\n', Enumerable.Range(1, 90).Select(i =>
        $"Rule {i}: before you change the file of step {i}, read it whole, say in one sentence what it is for, and run its tests afterwards."));

    /// <summary>Takes the next turn: one request, streamed, whose answer joins the conversation.</summary>
    public async Task<AgentTurn> NextAsync(CancellationToken cancellationToken)
    {
        AddNews(++_turn);
        var clock = Stopwatch.StartNew();
        var (first, reasoning, content, usage) = (TimeSpan.Zero, "", "", default(JsonElement));
        await foreach (var chunk in StreamAsync(cancellationToken))
        {
            if (chunk.TryGetProperty("usage", out var found) && found.ValueKind == JsonValueKind.Object)
                usage = found.Clone();
            foreach (var choice in chunk.GetProperty("choices").EnumerateArray())
            {
                reasoning += Text(choice, "reasoning_content");
                content += Text(choice, "content");
                if (first == TimeSpan.Zero && (reasoning.Length > 0 || content.Length > 0))
                    first = clock.Elapsed;
            }
        }

        var answer = Message("assistant", content);
        answer["reasoning_content"] = reasoning;
        _messages.Add(answer);
        return new AgentTurn(
            usage.GetProperty("prompt_tokens").GetInt32(),
            usage.GetProperty("prompt_tokens_details").GetProperty("cached_tokens").GetInt32(),
            first);
    }

    private void AddNews(int turn)
    {
        var news = $"agent {number}, turn {turn}: {string.Join(' ', Enumerable.Range(0, 3).Select(i => $"value {(number * 31 + turn * 7 + i * 13) % 97}"))}";
        if (turn == 1 || turn % 3 == 0)
        {
            _messages.Add(Message("user", $"Look into {news}"));
            return;
        }

        var id = $"call_{turn}";
        _messages[^1]!["tool_calls"] = new JsonArray(new JsonObject
        {
            ["id"] = id,
            ["type"] = "function",
            ["function"] = new JsonObject { ["name"] = "tool_3", ["arguments"] = $$"""{"path":"src/part{{turn}}.txt","lines":{{turn}}}""" },
        });
        var result = Message("tool", $"Found for {news}");
        result["tool_call_id"] = id;
        _messages.Add(result);
    }

    private async IAsyncEnumerable<JsonElement> StreamAsync([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/chat/completions")
        {
            Content = JsonContent.Create(new JsonObject
            {
                ["model"] = model,
                ["messages"] = _messages.DeepClone(),
                ["tools"] = Tools.DeepClone(),
                ["reasoning_mode"] = "thinking",
                ["thinking_budget"] = 6,
                ["max_tokens"] = 16,
                ["seed"] = number,
                ["stream"] = true,
                ["stream_options"] = new JsonObject { ["include_usage"] = true },
            }),
        };
        using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode)
            Assert.Fail(await response.Content.ReadAsStringAsync(cancellationToken));
        using var lines = new StreamReader(await response.Content.ReadAsStreamAsync(cancellationToken));
        while (await lines.ReadLineAsync(cancellationToken) is { } line)
        {
            if (!line.StartsWith("data: {", StringComparison.Ordinal))
                continue;
            using var chunk = JsonDocument.Parse(line[6..]);
            yield return chunk.RootElement.Clone();
        }
    }

    private static string Text(JsonElement choice, string name) =>
        choice.GetProperty("delta").TryGetProperty(name, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static JsonNode Tool(int number) => new JsonObject
    {
        ["type"] = "function",
        ["function"] = new JsonObject
        {
            ["name"] = $"tool_{number}",
            ["description"] = $"Does what step {number} needs: opens the file, reads the lines, and gives them back with their numbers. Fails when there is no such file.",
            ["parameters"] = new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject
                {
                    ["path"] = new JsonObject { ["type"] = "string", ["description"] = "Where the file lies, seen from the folder of the project." },
                    ["lines"] = new JsonObject { ["type"] = "integer", ["description"] = "How many lines to give back at most, counted from the first." },
                },
                ["required"] = new JsonArray("path"),
            },
        },
    };
}
