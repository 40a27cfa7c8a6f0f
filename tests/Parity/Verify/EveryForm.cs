using Platform.Cli.Verify;

namespace Parity.Verify;

/// <summary>What <c>platform verify</c> does with each golden form, by its paths alone.</summary>
public sealed class EveryForm
{
    [Theory]
    [InlineData(54, "end-to-end")]
    [InlineData(36, "tiny-dense")]
    [InlineData(25, "unit-ops")]
    [InlineData(39, "image-preprocess")]
    [InlineData(41, "picture-decode")]
    [InlineData(90, "chat/qwen35.jsonl")]
    [InlineData(56, "output/cases.jsonl")]
    [InlineData(4, "tokenizer/tiny35/tokenizer.json", "tokenizer/tiny35.jsonl")]
    public void Is_recognised_and_passes(int passed, params string[] paths)
    {
        var rows = Verification.Run([.. paths.Select(path => Repository.Golden(path))]);
        Assert.True(Verification.Succeeds(rows), string.Join('\n', rows.Where(row => row.Fails)));
        Assert.Equal(passed, rows.Count(row => row.Verdict == GoldenVerdict.Passed));
    }

    [Fact]
    public void An_end_to_end_run_with_another_picture_fails()
    {
        var copy = Directory.CreateTempSubdirectory("end-to-end");
        try
        {
            foreach (var file in Directory.EnumerateFiles(Repository.Golden("end-to-end")))
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            File.Copy(Repository.Golden("image-preprocess", "image2.png"), Path.Combine(copy.FullName, "image0.png"), overwrite: true);
            Assert.False(Verification.Succeeds(Verification.Run([copy.FullName])));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    [Theory]
    [InlineData("does not exist", "nothing-here")]
    [InlineData("none of the known golden forms", "chat")]
    [InlineData("neither chat cases", "end-to-end/config.json")]
    public void A_path_of_no_form_is_refused_with_its_reason(string reason, string path)
    {
        var refused = Assert.Throws<ArgumentException>(() => Verification.Run([Repository.Golden(path)]));
        Assert.Contains(reason, refused.Message, StringComparison.Ordinal);
    }
}
