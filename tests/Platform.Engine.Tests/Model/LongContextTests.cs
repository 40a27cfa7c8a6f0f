using System.Text.Json.Nodes;
using Platform.Model;

namespace Platform.Engine.Tests.Model;

public sealed class LongContextTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("long-context-");

    // Places of a sequence on both sides of the original context and up to a million, where a float32 angle is far from the exact one.
    private static readonly int[] Places = [0, 1, 2, 4095, 100_000, 262_143, 262_144, 300_001, 523_777, 524_288, 777_777, 900_000, 999_998, 999_999];

    [Fact]
    public void A_model_stretched_by_yarn_follows_the_formulas_up_to_a_million_positions()
    {
        using var checkpoint = Checkpoint.Open(Stretched());
        Assert.InRange(checkpoint.Config.Text.MaxPositions, 1_000_000, 1_048_576);
        var tokens = ModelBench.Prompt(Places.Length, 21);
        var oracle = new DoubleModel(checkpoint);
        var expected = oracle.Logits(tokens, Places);
        using var model = TextModel.Load(checkpoint, new TextModelOptions { Threads = 2 }, cancellationToken: TestContext.Current.CancellationToken);
        AssertNear(expected, Logits(model, tokens, Places), 2e-4);
        Assert.Equal(checkpoint.Config.Text.MaxPositions, EngineModel.Of(model).MaxContext);

        // The oracle's own test: unstretched places give other numbers.
        var wrong = oracle.Logits(tokens, [.. Places.Select(place => place / 4)]);
        Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertNear(wrong, Logits(model, tokens, Places), 2e-4));
    }

    [Theory]
    [InlineData(KvFormat.F32)]
    [InlineData(KvFormat.Int8)]
    public void A_long_prompt_touches_the_pages_and_the_one_state_that_were_predicted(KvFormat format)
    {
        const int Length = 1500;
        const int Chunk = 128;
        var options = new TextModelOptions { Threads = 2, Kv = format, MaxBatchedTokens = Chunk };
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-dense"));
        var memory = TextModelMemory.Of(checkpoint, options);
        using var model = TextModel.Load(checkpoint, options, cancellationToken: TestContext.Current.CancellationToken);
        using var cache = model.CreateKvCache(40);
        using var states = model.CreateStateStore(3);
        using var output = model.CreateOutput();
        var segment = ModelBench.Segment(new SequenceState { Slot = 1 }, ModelBench.Prompt(Length, 22), LogitRows.None);
        segment.KeepHidden = false;
        segment.State.Pages.AddRange(Enumerable.Range(5, KvCache.PagesFor(Length)));
        while (segment.State.Length < Length)
        {
            segment.TokenOffset = segment.State.Length;
            segment.TokenCount = Math.Min(Chunk, Length - segment.State.Length);
            model.Run([segment], cache, states, output);
            segment.State.Length += segment.TokenCount;
        }

        var touchedPages = Enumerable.Range(0, cache.Pages).Where(page => cache.Memory.Span<byte>(page * cache.PageBytes, (int)cache.PageBytes).ContainsAnyExcept((byte)0));
        Assert.Equal(segment.State.Pages, touchedPages);
        Assert.Equal(24 * memory.Page, touchedPages.Count() * cache.PageBytes);
        var slot = new byte[memory.Slot];
        for (var i = 0; i < states.Slots; i++)
        {
            states.Export(i, slot);
            Assert.Equal(i == 1, slot.AsSpan().ContainsAnyExcept((byte)0));
        }
    }

    [Fact]
    public void Outside_attention_a_chunk_costs_the_same_wherever_it_lies_and_attention_grows_by_its_spans()
    {
        const int Chunk = 64;
        var kernels = new CountingKernels();
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-dense"));
        var options = new TextModelOptions { Threads = 2, MaxBatchedTokens = Chunk, KernelOverride = kernels };
        using var model = TextModel.Load(checkpoint, options, cancellationToken: TestContext.Current.CancellationToken);
        using var cache = model.CreateKvCache(48);
        using var states = model.CreateStateStore(1);
        using var output = model.CreateOutput();
        var segment = ModelBench.Segment(new SequenceState { Slot = 0 }, ModelBench.Prompt(48 * Chunk, 23), LogitRows.Last);
        segment.State.Pages.AddRange(Enumerable.Range(0, 48));
        var outside = new List<(long, long, long, long)>();
        var spans = new List<long>();
        for (segment.TokenCount = Chunk; segment.State.Length < segment.Tokens.Length; segment.State.Length += Chunk)
        {
            segment.TokenOffset = segment.State.Length;
            kernels.Reset();
            model.Run([segment], cache, states, output);
            outside.Add(kernels.Outside);
            spans.Add(kernels.AttentionSpans);
        }

        Assert.Single(outside.Distinct());
        // A chunk reads as many spans a block as lie before it, its own included: one more each 512 positions and no more.
        Assert.Equal(Enumerable.Range(0, 48).Select(chunk => (chunk / 8 + 1) * spans[0]), spans);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static void AssertNear(double[][] expected, float[][] found, double share)
    {
        var largest = expected.Max(row => row.Max(Math.Abs));
        for (var row = 0; row < expected.Length; row++)
        {
            for (var i = 0; i < expected[row].Length; i++)
                Assert.Equal(expected[row][i], found[row][i], share * largest);
        }
    }

    private static float[][] Logits(TextModel model, int[] tokens, int[] places)
    {
        using var cache = model.CreateKvCache(1);
        using var states = model.CreateStateStore(1);
        using var output = model.CreateOutput();
        var segment = ModelBench.Segment(new SequenceState { Slot = 0 }, tokens);
        segment.State.Pages.Add(0);
        segment.Positions = MropePositions.FromList([.. places.Select(place => new MropePosition(place, place, place))]);
        model.Run([segment], cache, states, output);
        return [.. Enumerable.Range(0, tokens.Length).Select(row => output.Logits(row).ToArray())];
    }

    /// <summary>The dense golden checkpoint, its rope stretched four times over 262,144 positions.</summary>
    private string Stretched()
    {
        var source = Repository.Golden("tiny-dense");
        foreach (var file in Directory.EnumerateFiles(source))
            File.Copy(file, Path.Combine(_folder.FullName, Path.GetFileName(file)));
        var path = Path.Combine(_folder.FullName, "config.json");
        var config = JsonNode.Parse(File.ReadAllText(path))!;
        config["max_position_embeddings"] = 262_144;
        var rope = config["rope_parameters"]!;
        rope["rope_type"] = "yarn";
        rope["factor"] = 4.0;
        rope["original_max_position_embeddings"] = 262_144;
        File.WriteAllText(path, config.ToJsonString());
        return _folder.FullName;
    }
}
