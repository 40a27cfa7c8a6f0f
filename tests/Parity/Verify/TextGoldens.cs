using Platform.Cli.Verify;

namespace Parity.Verify;

public sealed class TextGoldens : IDisposable
{
    private readonly string _copy = Directory.CreateTempSubdirectory("goldens").FullName;

    public void Dispose() => Directory.Delete(_copy, recursive: true);

    [Fact]
    public void Passes_every_row_of_the_rendered_conversations()
    {
        var rows = ChatGoldens.Run(Repository.Golden("chat", "qwen35.jsonl"));

        Assert.All(rows, row => Assert.Equal((row.Name, GoldenVerdict.Passed, null), (row.Name, row.Verdict, row.Note)));
        Assert.Equal(30 * 3, rows.Count);
        Assert.Equal(4 * 3, rows.Count(row => row.Comparison == "refusal"));
    }

    [Fact]
    public void Passes_every_row_of_the_parsed_replies()
    {
        var rows = OutputGoldens.Run(Repository.Golden("output", "cases.jsonl"));

        Assert.All(rows, row => Assert.Equal((row.Name, GoldenVerdict.Passed, null), (row.Name, row.Verdict, row.Note)));
        Assert.Equal(56, rows.Count);
        Assert.Contains(rows, row => row.Comparison.StartsWith("whole, per character, per byte, per token,", StringComparison.Ordinal));
    }

    [Fact]
    public void Fails_when_a_conversation_differs_or_a_template_is_unknown()
    {
        string file = Changed("chat", "qwen35.jsonl", text => text
            .Replace("\"qwen3.5-small\"", "\"qwen4\"", StringComparison.Ordinal)
            .Replace("user\\nHello<|im_end|>", "user\\nHallo<|im_end|>", StringComparison.Ordinal));

        var failing = ChatGoldens.Run(file).Where(row => row.Fails).ToList();

        Assert.Equal(30, failing.Count(row => row.Verdict == GoldenVerdict.NotCompared));
        Assert.Contains(failing, row => row is { Name: "user-only / qwen3.5", Verdict: GoldenVerdict.Failed } && row.Note!.Contains("character 18", StringComparison.Ordinal));
    }

    [Fact]
    public void Fails_when_a_number_is_written_otherwise_or_a_line_is_damaged()
    {
        string file = Changed("output", "cases.jsonl", text => text.Replace("\"n\": 2.50", "\"n\": 2.5", StringComparison.Ordinal) + "\n{\"name\": 1}\nx");

        var failing = OutputGoldens.Run(file).Where(row => row.Fails).ToList();

        Assert.Equal(["types-plain", "line 57", "line 58"], failing.Select(row => row.Name));
    }

    private string Changed(string folder, string name, Func<string, string> change)
    {
        string copy = Path.Combine(_copy, name);
        File.WriteAllText(copy, change(File.ReadAllText(Repository.Golden(folder, name)).TrimEnd('\n')));
        return copy;
    }
}
