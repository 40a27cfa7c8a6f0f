using System.Text.Json;

namespace Services.Tests;

/// <summary>The end-to-end checkpoint and its stored requests.</summary>
internal static class Goldens
{
    public const string Model = "end-to-end";

    public static string EndToEnd { get; } = Repository.Golden("end-to-end");

    /// <summary>One stored request.</summary>
    public static GoldenRequest Request(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(EndToEnd, "requests.json")));
        var request = document.RootElement.GetProperty("requests").EnumerateArray().Single(r => r.GetProperty("name").GetString() == name);
        var conversation = new Dictionary<string, JsonElement> { ["messages"] = request.GetProperty("messages") };
        if (request.TryGetProperty("tools", out var tools) && tools.ValueKind == JsonValueKind.Array)
            conversation["tools"] = tools;
        bool? thinking = request.GetProperty("kwargs").TryGetProperty("enable_thinking", out var enabled) ? enabled.GetBoolean() : null;
        return new GoldenRequest(JsonSerializer.SerializeToUtf8Bytes(conversation), Ids(request, "ids"), Ids(request, "generated"), thinking);
    }

    private static int[] Ids(JsonElement request, string key) => [.. request.GetProperty(key).EnumerateArray().Select(id => id.GetInt32())];
}
