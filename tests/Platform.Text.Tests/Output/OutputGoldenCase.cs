using System.Text.Json;
using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>One row of the raw replies, with what they must be parsed into.</summary>
public sealed record OutputGoldenCase(string Name, JsonElement Json)
{
    public static IReadOnlyList<OutputGoldenCase> All { get; } = [.. Read()];

    public string Text => Json.GetProperty("text").GetString()!;

    public bool ReachedLength => Json.GetProperty("finish").GetString() == "length";

    public OutputParserOptions Options => new()
    {
        StartInReasoning = Json.GetProperty("start").GetString() == "reasoning",
        Tools = Json.TryGetProperty("tools", out var tools) ? tools : null,
        ToolCallsAllowed = !Json.TryGetProperty("tool_choice", out var choice) || choice.GetString() != "none",
        StopStrings = Json.TryGetProperty("stop", out var stop) ? [.. stop.EnumerateArray().Select(s => s.GetString()!)] : [],
    };

    public static OutputGoldenCase Named(string name) => All.Single(golden => golden.Name == name);

    /// <summary>The expectation in one canonical string: keys sorted, number text kept.</summary>
    public string Expected => Canonical.Of(Json.GetProperty("expected"));

    private static IEnumerable<OutputGoldenCase> Read()
    {
        foreach (string line in File.ReadLines(Repository.Golden("output", "cases.jsonl")))
        {
            var json = JsonElement.Parse(line);
            yield return new OutputGoldenCase(json.GetProperty("name").GetString()!, json);
        }
    }
}
