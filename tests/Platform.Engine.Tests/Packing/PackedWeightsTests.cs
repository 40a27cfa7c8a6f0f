using Platform.Engine.Tests.Model;
using Platform.Model;

namespace Platform.Engine.Tests;

public sealed class PackedWeightsTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("packed-");

    private string Packed => Path.Combine(_folder.FullName, "packed");

    [Theory]
    [InlineData("tiny-dense", ComputeFormat.F32)]
    [InlineData("tiny-moe", ComputeFormat.BF16)]
    [InlineData("tiny-moe-fp8", ComputeFormat.F32)]
    public void The_second_start_maps_what_the_first_packed_and_gives_the_same_bits(string golden, ComputeFormat format)
    {
        var never = Load(golden, format, PackedWeights.Off);
        var first = Load(golden, format);
        var second = Load(golden, format);
        Assert.Equal(never.Logits, first.Logits);
        Assert.Equal(never.Logits, second.Logits);
        Assert.Equal([LoadStage.Packing, LoadStage.Writing], first.Stages);
        Assert.Equal([LoadStage.Mapping], second.Stages);
        Assert.Empty(first.Notes.Concat(second.Notes));
        Assert.Single(_folder.GetFiles("*", SearchOption.AllDirectories));
    }

    [Fact]
    public void A_damaged_file_is_noticed_wherever_the_damage_is_and_made_again()
    {
        var expected = Load("tiny-dense").Logits;
        var path = Assert.Single(Directory.GetFiles(Packed));
        var whole = File.ReadAllBytes(path);
        var random = new Random(3);
        var places = new[] { 0, 8, 12, 20, whole.Length - 1 }.Concat(Enumerable.Range(0, 20).Select(_ => PayloadStart(whole) + random.Next(whole.Length - PayloadStart(whole))));
        foreach (var place in places)
        {
            var damaged = (byte[])whole.Clone();
            damaged[place] ^= (byte)(1 << random.Next(8));
            Replace(path, damaged);
            AssertPackedAgain(expected);
            Assert.Equal(whole, File.ReadAllBytes(path));
        }
    }

    [Fact]
    public void A_truncated_empty_or_foreign_file_is_packed_again()
    {
        var expected = Load("tiny-dense").Logits;
        var path = Assert.Single(Directory.GetFiles(Packed));
        var whole = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 7, 40, PayloadStart(whole) - 1, PayloadStart(whole), whole.Length - 1 })
        {
            Replace(path, whole[..length]);
            AssertPackedAgain(expected);
        }

        Load("tiny-dense", ComputeFormat.BF16);
        var other = Assert.Single(Directory.GetFiles(Packed), file => file != path);
        File.Copy(other, path + ".new");
        File.Move(path + ".new", path, overwrite: true);
        Assert.Contains("it is packed for", AssertPackedAgain(expected), StringComparison.Ordinal);
        Replace(path, [.. whole[..8], 99, .. whole[9..]]);
        Assert.Contains("version 99", AssertPackedAgain(expected), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_leaves_it_to_the_next_and_none_at_all_still_starts()
    {
        var file = Path.Combine(_folder.FullName, "no-folder");
        File.WriteAllText(file, "");
        var inSecond = Load("tiny-dense", packed: new PackedWeights { Folders = [file, Packed] });
        Assert.Contains(file, Assert.Single(inSecond.Notes), StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Packed));
        Assert.Equal([LoadStage.Mapping], Load("tiny-dense", packed: new PackedWeights { Folders = [file, Packed] }).Stages);

        var nowhere = Load("tiny-dense", packed: new PackedWeights { Folders = [file] });
        Assert.Equal(inSecond.Logits, nowhere.Logits);
        Assert.Single(nowhere.Notes);
    }

    [Fact]
    public void A_folder_keeps_no_more_files_than_it_may_and_the_last_used_stay()
    {
        var packed = new PackedWeights { Folders = [Packed], FilesPerFolder = 2 };
        Load("tiny-dense", ComputeFormat.F32, packed);
        Load("tiny-dense", ComputeFormat.BF16, packed);
        foreach (var file in Directory.GetFiles(Packed))
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-1));
        Load("tiny-dense", ComputeFormat.F32, packed);
        Load("tiny-moe", ComputeFormat.F32, packed);
        Assert.Equal(2, Directory.GetFiles(Packed).Length);
        Assert.Equal([LoadStage.Mapping], Load("tiny-dense", ComputeFormat.F32, packed).Stages);
        Assert.Equal([LoadStage.Packing, LoadStage.Writing], Load("tiny-dense", ComputeFormat.BF16, packed).Stages);
    }

    [Fact]
    public async Task Two_starts_at_once_both_serve_and_leave_one_whole_file()
    {
        var starts = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => Load("tiny-moe"))));
        Assert.All(starts, start => Assert.Equal(starts[0].Logits, start.Logits));
        Assert.Single(_folder.GetFiles("*", SearchOption.AllDirectories));
        Assert.Equal([LoadStage.Mapping], Load("tiny-moe").Stages);
    }

    [Fact]
    public void A_start_that_is_cancelled_while_it_writes_leaves_no_file()
    {
        using var cancellation = new CancellationTokenSource();
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-dense"));
        var options = new TextModelOptions { Threads = 2, Packed = new PackedWeights { Folders = [Packed] } };
        var progress = new Told(report =>
        {
            if (report.Stage == LoadStage.Writing)
                cancellation.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => TextModel.Load(checkpoint, options, progress, cancellation.Token));
        Assert.Empty(_folder.GetFiles("*", SearchOption.AllDirectories));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string AssertPackedAgain(int[] expected)
    {
        var again = Load("tiny-dense");
        Assert.Equal(expected, again.Logits);
        Assert.Equal([LoadStage.Packing, LoadStage.Writing], again.Stages.Where(stage => stage != LoadStage.Mapping));
        return Assert.Single(again.Notes);
    }

    private Start Load(string golden, ComputeFormat format = ComputeFormat.F32, PackedWeights? packed = null)
    {
        var (stages, notes) = (new List<LoadStage>(), new List<string>());
        var progress = new Told(report =>
        {
            if (report.Note is { } note)
                notes.Add(note);
            else if (stages.Count == 0 || stages[^1] != report.Stage)
                stages.Add(report.Stage);
        });
        var options = new TextModelOptions { Threads = 2, Format = format, Packed = packed ?? new PackedWeights { Folders = [Packed] } };
        using var bench = new ModelBench(golden, options, progress);
        return new Start(bench.Feed(ModelBench.Sequence(0), ModelBench.Prompt(40, 1)), stages, notes);
    }

    /// <summary>By renaming, as everything that may meet a mapped file must.</summary>
    private static void Replace(string path, byte[] bytes)
    {
        File.WriteAllBytes(path + ".new", bytes);
        File.Move(path + ".new", path, overwrite: true);
    }

    private static int PayloadStart(byte[] file) => (int)PackedHeader.PayloadStart(BitConverter.ToInt32(file, 12));

    private sealed record Start(int[] Logits, IReadOnlyList<LoadStage> Stages, IReadOnlyList<string> Notes);

    private sealed class Told(Action<LoadProgress> report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report(value);
    }
}
