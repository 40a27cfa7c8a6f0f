namespace Platform.Engine.Tests;

/// <summary>One sequence, one number: whatever happens around a sequence, its logits, tokens and log-probabilities keep their bits.</summary>
public abstract class LawOneTests(LawModels models)
{
    [Fact]
    public void Alone_or_in_steps_with_six_strangers()
    {
        using var loop = new RecordingLoop(models.With(2), TogetherAtOnce);
        AssertSameAmongStrangers(loop);
    }

    [Fact]
    public void Wherever_the_prompt_is_cut()
    {
        // Two tokens tell: the first reads the prompt's last position, the second reads cache and state.
        const int answer = 2;
        foreach (var context in models.Contexts)
        {
            var request = models.Request(context) with { MaxTokens = answer };
            foreach (var cut in CutsOf(context))
            {
                // A chunk of this size cuts here and at every multiple.
                using var loop = new RecordingLoop(models.With(2), LawModels.OptionsFor(context) with { MaxPrefillChunk = cut });
                AssertSame(models.Alone(context).First(answer), loop.Run(request), $"context {context} cut each {cut}");
            }
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void With_any_number_of_threads(int threads)
    {
        foreach (var context in models.Contexts)
        {
            using var loop = new RecordingLoop(models.With(threads), LawModels.OptionsFor(context));
            AssertSame(models.Alone(context), loop.Run(models.Request(context)), $"context {context} with {threads} threads");
        }
    }

    [Fact]
    public void Preempted_and_computed_again()
    {
        foreach (var context in models.Contexts)
        {
            using var loop = new RecordingLoop(models.With(2), LawModels.OptionsFor(context));
            var sequence = loop.Add(models.Request(context));
            var midPrompt = true;
            while (loop.Step())
            {
                // In the middle of the prompt for the longest, and of the answer for all.
                var now = (midPrompt && sequence.State.Length == 512) || (sequence.IsDecoding && sequence.Generated.Length is 1 or 7);
                midPrompt &= !now;
                if (now)
                    loop.Bench.Scheduler.Preempt(sequence);
            }

            Assert.Equal(context > 512 ? 3 : 2, loop.Bench.Counters.Preemptions);
            AssertSame(models.Alone(context), loop.Of(sequence), $"context {context} preempted");
        }
    }

    [Fact]
    public void Preempted_for_the_page_that_an_older_sequence_needs()
    {
        // Each starts with one page of three; the newer one takes the third first, and gives it up two tokens later.
        using var loop = new RecordingLoop(models.With(2), new() { Pages = 3, MaxSequences = 2 });
        var older = loop.Add(models.Request(63));
        var newer = loop.Add(models.Request(64));
        loop.Finish();
        Assert.Equal(1, loop.Bench.Counters.Preemptions);
        AssertSame(models.Alone(63), loop.Of(older), "the older sequence");
        AssertSame(models.Alone(64), loop.Of(newer), "the preempted sequence");
    }

    [Fact]
    public void Exported_and_imported_into_an_engine_with_other_threads()
    {
        foreach (var context in models.Contexts)
        {
            var request = models.Request(context);
            using var source = new RecordingLoop(models.With(2), LawModels.OptionsFor(context));
            var sequence = source.Add(request);
            while (sequence.Generated.Length < 5)
                source.Step();
            var snapshot = SequenceSnapshot.FromBytes(source.Bench.Loop.Transfer.Export(sequence).ToBytes());

            using var target = new RecordingLoop(models.With(5), LawModels.OptionsFor(context));
            var rest = target.Run(request with { ReplayTokens = [.. snapshot.GeneratedTokens], Resume = snapshot });
            Assert.Equal(LawModels.AnswerTokens - 5, target.Bench.Counters.DecodeTokens);
            AssertSame(models.Alone(context).After(5), rest, $"context {context} moved");

            source.Finish();
            AssertSame(models.Alone(context), source.Of(sequence), $"context {context} after it was exported");
        }
    }

    [Fact]
    public void Replayed_after_a_failure()
    {
        foreach (var context in models.Contexts)
        {
            var whole = models.Alone(context);
            using var loop = new RecordingLoop(models.With(2), LawModels.OptionsFor(context));
            var rest = loop.Run(models.Request(context) with { ReplayTokens = [.. whole.Tokens.Take(7)] });
            AssertSame(whole.After(7), rest, $"context {context} replayed");
        }
    }

    [Fact]
    public void Verified_as_drafts_in_one_pass_or_fed_one_by_one()
    {
        foreach (var context in models.Contexts)
        {
            using var bench = new VerificationBench(models.With(2), models.Request(context).PromptTokens);
            int[] drafts = [3, 14, 15, 92];
            var singles = drafts.Select(draft => bench.FeedOne(draft)).ToArray();
            var verified = bench.Verify(drafts);
            for (var i = 0; i < drafts.Length; i++)
            {
                Assert.True(singles[i].LogitBits.SequenceEqual(verified[i].LogitBits), $"context {context}: logits after draft {i} differ");
                Assert.True(singles[i].State.SequenceEqual(verified[i].State), $"context {context}: the state after draft {i} differs");
            }

            Assert.True(bench.PagesAgree(), $"context {context}: the pages differ");
            // The token after the accepted ones overwrites the next position, so the longest goes first.
            for (var accepted = drafts.Length - 1; accepted > 0; accepted--)
            {
                Assert.True(
                    bench.FeedAfterSingles(drafts[..accepted], 65).SequenceEqual(bench.FeedAfterRejection(accepted, 65)),
                    $"context {context}: logits differ after {accepted} drafts were accepted and the rest rejected");
            }
        }
    }

    [Fact]
    public void The_blob_of_a_sequence_is_the_same_whoever_had_its_pages_before()
    {
        using var loop = new RecordingLoop(models.With(2), LawModels.OptionsFor(65));
        var fresh = BlobAfterThreeTokens(loop, 65);
        loop.Run(models.Request(64));
        Assert.Equal(fresh, BlobAfterThreeTokens(loop, 65));
    }

    [Fact]
    public void A_kernel_that_splits_K_by_batch_size_is_noticed()
    {
        var options = new TextModelOptions
        {
            Threads = 2,
            Format = models.Format,
            Kv = models.Kv,
            Weights = models.Weights,
            KernelOverride = new SplitByBatchKernels(),
        };
        using var model = models.Load(options);
        using var loop = new RecordingLoop(model, LawModels.OptionsFor(1));
        // A prompt of one token alone never meets the split; in company it does.
        AssertSame(models.Alone(1), loop.Run(models.Request(1)), "alone");
        using var together = new RecordingLoop(model, TogetherAtOnce);
        var failure = Assert.ThrowsAny<Xunit.Sdk.XunitException>(() => AssertSameAmongStrangers(together));
        Assert.Contains("among strangers", failure.Message, StringComparison.Ordinal);
        Assert.Contains("row 0: logit", failure.Message, StringComparison.Ordinal);
    }

    // The prompts come in at once, so that short and long sequences decode side by side.
    private static EngineOptions TogetherAtOnce => new() { Pages = 60, MaxSequences = 7, MaxPrefillBesideDecode = 1 << 20 };

    private void AssertSameAmongStrangers(RecordingLoop loop)
    {
        int[] contexts = [.. models.Contexts, 33];
        Assert.Equal(7, contexts.Length);
        var sequences = contexts.Select(context => loop.Add(models.Request(context))).ToArray();
        loop.Finish();
        for (var i = 0; i < contexts.Length; i++)
        {
            AssertSame(models.Alone(contexts[i]), loop.Of(sequences[i]), $"context {contexts[i]} among strangers");
            var company = loop.CompanyOf(sequences[i]);
            Assert.True(company.Count(count => count == 7) >= 3, $"Context {contexts[i]} met steps of [{string.Join(", ", company)}] sequences.");
        }
    }

    private byte[] BlobAfterThreeTokens(RecordingLoop loop, int context)
    {
        var sequence = loop.Add(models.Request(context));
        while (sequence.Generated.Length < 3)
            loop.Step();
        var blob = loop.Bench.Loop.Transfer.Export(sequence).ToBytes();
        loop.Finish();
        return blob;
    }

    /// <summary>PLATFORM_EVERY_CUT=1 cuts the long prompts at every place too: some twenty minutes instead of seconds.</summary>
    private static bool EveryCut => Environment.GetEnvironmentVariable("PLATFORM_EVERY_CUT") == "1";

    private IEnumerable<int> CutsOf(int context)
    {
        if (EveryCut || models.CutEverywhere.Contains(context))
            return Enumerable.Range(1, context);
        var random = new Random(context);
        // Small cuts make many steps, so half of the drawn ones are large.
        return Enumerable.Range(0, models.CutsOfLongPrompts).Select(i => i % 2 == 0 ? random.Next(context / 2, context) : random.Next(17, 200)).Append(64);
    }

    private static void AssertSame(Recording expected, Recording found, string situation)
    {
        if (expected.DifferenceTo(found) is { } difference)
            Assert.Fail($"{situation}: {difference}");
    }
}

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheDenseGolden(TinyDenseModels models) : LawOneTests(models), IClassFixture<TinyDenseModels>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheMoeGolden(TinyMoeModels models) : LawOneTests(models), IClassFixture<TinyMoeModels>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheMoeGoldenInBf16(TinyMoeBf16Models models) : LawOneTests(models), IClassFixture<TinyMoeBf16Models>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheDenseGoldenWithInt8Cache(TinyDenseInt8CacheModels models) : LawOneTests(models), IClassFixture<TinyDenseInt8CacheModels>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheMoeGoldenWithBf16Cache(TinyMoeBf16CacheModels models) : LawOneTests(models), IClassFixture<TinyMoeBf16CacheModels>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheDenseGoldenInInt8(TinyDenseInt8Models models) : LawOneTests(models), IClassFixture<TinyDenseInt8Models>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnTheMoeGoldenInInt4(TinyMoeInt4Models models) : LawOneTests(models), IClassFixture<TinyMoeInt4Models>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnFourLayersOfTheSmallestRelease(FourLayersOfSmallestReleaseModels models)
    : LawOneTests(models), IClassFixture<FourLayersOfSmallestReleaseModels>;

[Collection(nameof(LawOneTests))]
public sealed class LawOneOnFourLayersOfTheSmallestReleaseInBf16(FourLayersOfSmallestReleaseBf16Models models)
    : LawOneTests(models), IClassFixture<FourLayersOfSmallestReleaseBf16Models>;
