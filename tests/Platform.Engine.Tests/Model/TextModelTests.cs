namespace Platform.Engine.Tests.Model;

public sealed class TextModelTests
{
    [Theory]
    [InlineData("tiny-dense", ComputeFormat.F32, WeightPacking.AsStored, KernelTier.Auto)]
    [InlineData("tiny-moe", ComputeFormat.BF16, WeightPacking.AsStored, KernelTier.Auto)]
    [InlineData("tiny-moe", ComputeFormat.BF16, WeightPacking.AsStored, KernelTier.Vector)]
    [InlineData("tiny-moe-fp8", ComputeFormat.F32, WeightPacking.AsStored, KernelTier.Auto)]
    [InlineData("tiny-moe-fp8", ComputeFormat.BF16, WeightPacking.AsStored, KernelTier.Auto)]
    [InlineData("tiny-dense", ComputeFormat.F32, WeightPacking.Int8, KernelTier.Auto)]
    [InlineData("tiny-moe-fp8", ComputeFormat.BF16, WeightPacking.Int8, KernelTier.Auto)]
    [InlineData("tiny-moe", ComputeFormat.F32, WeightPacking.Int8, KernelTier.Vector)]
    [InlineData("tiny-dense", ComputeFormat.BF16, WeightPacking.Int4, KernelTier.Vector)]
    [InlineData("tiny-moe", ComputeFormat.F32, WeightPacking.Int4, KernelTier.Auto)]
    public void The_plain_kernels_give_the_same_bits_in_logits_and_state(string golden, ComputeFormat format, WeightPacking weights, KernelTier tier)
    {
        using var fast = new ModelBench(golden, new TextModelOptions { Format = format, Weights = weights, Kernels = tier, Threads = 2 });
        using var plain = new ModelBench(golden, new TextModelOptions { Format = format, Weights = weights, Kernels = KernelTier.Reference });
        var prompt = ModelBench.Prompt(90, 1);
        Assert.Equal(plain.Feed(ModelBench.Sequence(0), prompt), fast.Feed(ModelBench.Sequence(0), prompt));
        Assert.Equal(plain.Slot(0), fast.Slot(0));
        Assert.Equal(plain.Model.NumericsId, fast.Model.NumericsId);
    }

    [Theory]
    [InlineData("tiny-dense", ComputeFormat.F32)]
    [InlineData("tiny-moe", ComputeFormat.BF16)]
    public void A_prompt_cut_anywhere_gives_the_same_bits_in_logits_and_state(string golden, ComputeFormat format)
    {
        using var bench = new ModelBench(golden, new TextModelOptions { Format = format, Threads = 2 });
        var prompt = ModelBench.Prompt(70, 2);
        var whole = bench.Feed(ModelBench.Sequence(0), prompt);
        var state = bench.Slot(0);
        for (var cut = 1; cut < prompt.Length; cut++)
        {
            var sequence = ModelBench.Sequence(1);
            int[] parts = [.. bench.Feed(sequence, prompt[..cut]), .. bench.Feed(sequence, prompt[cut..])];
            Assert.Equal(whole, parts);
            Assert.Equal(state, bench.Slot(1));
        }
    }

    [Theory]
    [InlineData("tiny-dense", ComputeFormat.BF16)]
    [InlineData("tiny-moe", ComputeFormat.F32)]
    public void Rows_of_a_verification_and_their_snapshots_equal_single_steps(string golden, ComputeFormat format)
    {
        using var bench = new ModelBench(golden, new TextModelOptions { Format = format, Threads = 3 });
        var prompt = ModelBench.Prompt(62, 3);
        int[] tokens = [5, 9, 200, 17];
        var together = ModelBench.Sequence(0);
        bench.Feed(together, prompt);
        var segment = ModelBench.Segment(together, tokens);
        segment.SnapshotSlots = [8, -1, 9, -1];
        var stranger = ModelBench.Segment(ModelBench.Sequence(2), ModelBench.Prompt(11, 4), LogitRows.Last);
        bench.Run(stranger, segment);
        Assert.Equal(5, bench.Output.LogitRowCount);
        Assert.Equal(1, bench.Output.FirstLogitRow(1));
        var verified = bench.Bits(1, 4);

        var alone = ModelBench.Sequence(1);
        bench.Feed(alone, prompt);
        var vocab = bench.Vocab;
        for (var j = 0; j < tokens.Length; j++)
        {
            Assert.Equal(verified[(j * vocab)..((j + 1) * vocab)], bench.Feed(alone, tokens[j]));
            if (segment.SnapshotSlots[j] >= 0)
                Assert.Equal(bench.Slot(1), bench.Slot(segment.SnapshotSlots[j]));
        }

        Assert.Equal(bench.Slot(1), bench.Slot(0));
    }

    [Fact]
    public void A_sequence_starts_from_nothing_whatever_its_slot_and_pages_held()
    {
        using var bench = new ModelBench("tiny-moe", new TextModelOptions { Threads = 1 });
        var prompt = ModelBench.Prompt(80, 5);
        var first = bench.Feed(ModelBench.Sequence(0), prompt);
        bench.Feed(ModelBench.Sequence(0), ModelBench.Prompt(200, 6));
        Assert.Equal(first, bench.Feed(ModelBench.Sequence(0), prompt));
    }

    [Fact]
    public void A_copied_slot_and_page_go_on_as_the_original()
    {
        using var bench = new ModelBench("tiny-dense", new TextModelOptions { Threads = 1 });
        var original = ModelBench.Sequence(0);
        bench.Feed(original, ModelBench.Prompt(30, 7));
        var branch = ModelBench.Sequence(1);
        branch.Length = original.Length;
        bench.States.Copy(0, 1);
        bench.Cache.CopyPage(original.Pages[0], branch.Pages[0]);
        Assert.Equal(bench.Feed(original, 11, 12), bench.Feed(branch, 11, 12));
    }

    [Theory]
    [InlineData(KvFormat.F32)]
    [InlineData(KvFormat.BF16)]
    [InlineData(KvFormat.Int8)]
    public void A_decode_step_allocates_nothing(KvFormat format)
    {
        using var bench = new ModelBench("tiny-moe", new TextModelOptions { Threads = 1, Kv = format });
        var segments = Enumerable.Range(0, 3).Select(i => ModelBench.Segment(ModelBench.Sequence(i), [3 + i], LogitRows.Last)).ToArray();
        for (var step = 0; step < 100; step++)
            Step();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var step = 0; step < 100; step++)
            Step();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Step()
        {
            bench.Model.Run(segments, bench.Cache, bench.States, bench.Output);
            foreach (var segment in segments)
                segment.State.Length++;
        }
    }

    [Fact]
    public void A_step_that_does_not_fit_is_refused_before_anything_is_written()
    {
        using var bench = new ModelBench("tiny-dense", new TextModelOptions { Threads = 1, MaxBatchedTokens = 64 });
        var sequence = ModelBench.Sequence(0);
        var prompt = ModelBench.Prompt(20, 8);
        bench.Feed(sequence, prompt);
        var state = bench.Slot(0);
        Refused("step takes", segment => (segment.Tokens, segment.TokenCount) = (new int[65], 65));
        Refused("vocabulary", segment => segment.Tokens = [1, bench.Vocab]);
        Refused("array of", segment => segment.TokenOffset = 1);
        Refused("pages", segment => segment.State = new SequenceState { Slot = 1 });
        Refused("slot", segment => segment.State = OutOfStore());
        Refused("snapshot", segment => segment.SnapshotSlots = [-1, 0]);
        Refused("snapshot", segment => segment.SnapshotSlots = [1]);
        Assert.Equal(state, bench.Slot(0));

        static SequenceState OutOfStore()
        {
            var elsewhere = ModelBench.Sequence(1);
            elsewhere.Slot = 99;
            return elsewhere;
        }

        void Refused(string why, Action<StepSegment> spoil)
        {
            var segment = ModelBench.Segment(sequence, [1, 2]);
            spoil(segment);
            var thrown = Assert.Throws<ArgumentException>(() => bench.Model.Run([segment], bench.Cache, bench.States, bench.Output));
            Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Memory_is_known_before_it_is_reserved()
    {
        using var checkpoint = Platform.Model.Checkpoint.Open(Repository.Golden("tiny-moe"));
        var options = new TextModelOptions { Threads = 1 };
        var memory = TextModelMemory.Of(checkpoint, options);
        using var model = TextModel.Load(checkpoint, options, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(model.PageBytes, memory.Page);
        Assert.Equal(model.SlotBytes, memory.Slot);
        using var cache = model.CreateKvCache(2);
        Assert.Equal(memory.Page, cache.PageBytes);
        // Panels of 16 outputs round the tiny matrices up.
        var elements = checkpoint.Tensors.Sum(tensor => tensor.ElementCount);
        Assert.InRange(memory.Weights, elements * 2, elements * 5);
        var int8 = TextModelMemory.Of(checkpoint, options with { Weights = WeightPacking.Int8 }).Weights;
        var int4 = TextModelMemory.Of(checkpoint, options with { Weights = WeightPacking.Int4 }).Weights;
        Assert.True(int4 < int8 && int8 < memory.Weights, $"{int4}, {int8} and {memory.Weights} bytes");
    }

    [Fact]
    public void Loading_reports_progress_and_can_be_cancelled()
    {
        using var checkpoint = Platform.Model.Checkpoint.Open(Repository.Golden("tiny-dense"));
        using var cancellation = new CancellationTokenSource();
        var seen = new List<LoadProgress>();
        var progress = new InlineProgress(report =>
        {
            seen.Add(report);
            if (seen.Count == 5)
                cancellation.Cancel();
        });
        Assert.Throws<OperationCanceledException>(() => TextModel.Load(checkpoint, new TextModelOptions { Threads = 2 }, progress, cancellation.Token));
        Assert.Equal(5, seen.Count);
        Assert.All(seen, report => Assert.InRange(report.DoneBytes, 1, report.TotalBytes));
    }

    private sealed class InlineProgress(Action<LoadProgress> report) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) => report(value);
    }
}
