using System.Text.Json;
using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Short ways to parse a reply. Each parses whole, per character, per byte and in random chunks, and wants one result.</summary>
internal static class Replies
{
    /// <summary>The tools offered in these tests.</summary>
    public static readonly JsonElement Tools = JsonElement.Parse(
        """
        [
          {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {
            "city": {"type": "string"}, "days": {"type": "integer"}, "note": {"type": ["string", "null"]}, "any": {}}}}},
          {"type": "function", "function": {"name": "write_file", "parameters": {"type": "object", "properties": {
            "path": {"type": "string"}, "content": {"type": "string"}, "append": {"type": "boolean"}, "tags": {"type": "array"}}}}},
          {"name": "now"}
        ]
        """);

    public static OutputParserOptions Thinking { get; } = new() { StartInReasoning = true, Tools = Tools, CallIdSeed = "test" };

    public static OutputParserOptions Answering { get; } = new() { Tools = Tools, CallIdSeed = "test" };

    public static ParsedOutput Parse(OutputParserOptions options, string text, bool reachedLength = false)
    {
        var whole = ParsedOutput.Parse(options, text, reachedLength);
        List<IEnumerable<string>> chunkings = [Streaming.Characters(text), Streaming.Bytes(text)];
        chunkings.AddRange(Enumerable.Range(0, 8).Select(seed => Streaming.RandomChunks(text, seed)));
        foreach (var chunks in chunkings)
            Assert.Equal(Canonical.Of(whole), Canonical.Of(Streaming.Parse(options, chunks, reachedLength)));
        return whole;
    }

    public static string Call(string function, params string[] parameters) =>
        $"<tool_call>\n<function={function}>\n{string.Concat(parameters)}</function>\n</tool_call>";

    public static string Parameter(string name, string value) => $"<parameter={name}>\n{value}\n</parameter>\n";

    /// <summary>Asserts the calls as name and arguments, in turn.</summary>
    public static void AssertCalls(ParsedOutput output, params string[] namesAndArguments)
    {
        var expected = namesAndArguments.Chunk(2).Select(pair => (pair[0], Canonical.Of(pair[1])));
        Assert.Equal(expected, output.ToolCalls.Select(call => (call.Name, Canonical.Of(call.Arguments))));
    }
}
