using CsCheck;

namespace Platform.Engine.Tests;

public sealed class SamplerTests
{
    private const int Vocab = 40;
    private const int Sampleable = 37;

    private static readonly Gen<SamplingParameters> AnySampling =
        from temperature in Gen.OneOf(Gen.Const(0f), Gen.Float[0.2f, 3f])
        from topK in Gen.OneOf(Gen.Const(0), Gen.Int[1, 45])
        from topP in Gen.OneOf(Gen.Const(1f), Gen.Float[0.05f, 0.99f])
        from minP in Gen.OneOf(Gen.Const(0f), Gen.Float[0.01f, 0.9f])
        from repetition in Gen.OneOf(Gen.Const(1f), Gen.Float[0.5f, 2f])
        from presence in Gen.OneOf(Gen.Const(0f), Gen.Float[-2f, 2f])
        from frequency in Gen.OneOf(Gen.Const(0f), Gen.Float[-2f, 2f])
        from bias in Gen.Dictionary(Gen.Int[0, Vocab + 3], Gen.Float[-5f, 5f])[0, 4]
        select new SamplingParameters
        {
            Temperature = temperature,
            TopK = topK,
            TopP = topP,
            MinP = minP,
            RepetitionPenalty = repetition,
            PresencePenalty = presence,
            FrequencyPenalty = frequency,
            LogitBias = bias,
        };

    private static readonly Gen<float[]> AnyLogits = Gen.OneOf(
        Gen.Float[-6f, 6f].Array[Vocab],
        Gen.Int[-2, 2].Select(i => (float)i).Array[Vocab]);      // many ties

    [Fact]
    public void Draws_only_what_the_plain_rules_allow()
    {
        Gen.Select(AnyLogits, AnySampling, Gen.Int[0, Vocab - 1].Array[0, 6], Gen.Int[0, Vocab - 1].Array[0, 6], Gen.ULong)
            .Sample((logits, sampling, prompt, generated, seed) =>
            {
                var sampler = new Sampler(Sampleable);
                var expected = PlainSampler.Distribution(logits, Sampleable, sampling, prompt, generated);
                var counts = Counts(sampling, prompt, generated);
                for (var position = 0; position < 8; position++)
                {
                    var token = sampler.Choose(logits, sampling, counts, TokenConstraint.None, new NoiseKey(seed, 0, position));
                    if (!expected.ContainsKey(token))
                        return false;
                }

                return true;
            }, iter: 3_000);
    }

    [Fact]
    public void Draws_everything_the_plain_rules_allow_as_often_as_they_say()
    {
        SamplingParameters[] samplings =
        [
            new(), new() { Temperature = 0.7f, TopK = 5 }, new() { TopP = 0.8f }, new() { MinP = 0.2f },
            new() { Temperature = 1.5f, TopK = 20, TopP = 0.9f, MinP = 0.05f, PresencePenalty = 1.5f, RepetitionPenalty = 1.3f, FrequencyPenalty = 0.3f },
        ];
        var logits = Logits(seed: 3);
        int[] prompt = [1, 2, 3];
        int[] generated = [3, 4, 4, 5];
        foreach (var sampling in samplings)
        {
            var expected = PlainSampler.Distribution(logits, Sampleable, sampling, prompt, generated);
            AssertDistribution(expected, Draw(logits, sampling, prompt, generated, draws: 20_000));
        }
    }

    [Fact]
    public void The_nucleus_of_a_large_flat_vocabulary_is_the_plain_one()
    {
        const int size = 20_000;
        var sampler = new Sampler(size);
        Gen.Select(Gen.Int[0, 1000], Gen.Float[0.1f, 0.99f], Gen.Float[0.01f, 4f]).Sample((seed, topP, spread) =>
        {
            var random = new Random(seed);
            var logits = Enumerable.Range(0, size).Select(_ => spread * (float)Math.Round(random.NextDouble() * 8, 3)).ToArray();
            var sampling = new SamplingParameters { TopP = topP };
            var expected = PlainSampler.Distribution(logits, size, sampling, [], []);
            var counts = Counts(sampling, [], []);
            return Enumerable.Range(0, 50).All(position =>
                expected.ContainsKey(sampler.Choose(logits, sampling, counts, TokenConstraint.None, new NoiseKey(1, 0, position))));
        }, iter: 20, threads: 1);
    }

    [Fact]
    public void The_race_goes_to_the_first_ring_whoever_it_skips() => Gen.Select(AnyLogits, Gen.Float[0.2f, 3f], Gen.ULong)
        .Sample((logits, temperature, seed) =>
        {
            var key = new NoiseKey(seed, 0, 9);
            var token = new Sampler(Sampleable).Choose(logits, new() { Temperature = temperature }, Counts(new(), [], []), default, key);
            var top = logits[..Sampleable].Max() / temperature;
            var rings = Enumerable.Range(0, Sampleable)
                .Select(id => -SamplerMath.Log(KeyedNoise.Uniform(key, id)) / SamplerMath.Exp((double)(logits[id] / temperature) - top)).ToList();
            return token == rings.IndexOf(rings.Min());
        }, iter: 5_000);

    [Fact]
    public void A_nucleus_of_equal_logits_takes_the_lower_ids()
    {
        var logits = new float[Vocab];
        var seen = Draw(logits, new SamplingParameters { TopP = 0.5f }, [], [], 2_000);
        Assert.Equal(Enumerable.Range(0, 19), seen.Keys.Order());      // 19 of 37 is the first count that reaches a half
    }

    [Fact]
    public void A_nucleus_ends_with_the_token_that_reaches_the_share_exactly()
    {
        var logits = Enumerable.Range(0, Vocab).Select(id => id < 4 ? 0f : -2000f).ToArray();
        Assert.Equal([0, 1], Draw(logits, new SamplingParameters { TopP = 0.5f }, [], [], 300).Keys.Order());
    }

    [Fact]
    public void Top_k_of_equal_logits_takes_the_lower_ids()
    {
        var seen = Draw(new float[Vocab], new SamplingParameters { TopK = 3 }, [], [], 300);
        Assert.Equal([0, 1, 2], seen.Keys.Order());
    }

    [Fact]
    public void Greedy_takes_the_lowest_id_of_the_highest_logit()
    {
        var logits = new float[Vocab];
        logits[9] = logits[4] = logits[30] = 2;
        Assert.Equal(4, Choose(logits, SamplingParameters.Greedy));
    }

    [Fact]
    public void Padding_rows_are_never_chosen_however_high()
    {
        var logits = Logits(1);
        for (var id = Sampleable; id < Vocab; id++)
            logits[id] = 1000;
        Assert.InRange(Choose(logits, SamplingParameters.Greedy), 0, Sampleable - 1);
        Assert.All(Draw(logits, new(), [], [], 500).Keys, id => Assert.InRange(id, 0, Sampleable - 1));
    }

    [Fact]
    public void Padding_rows_may_hold_anything()
    {
        var logits = Logits(1);
        logits[Sampleable] = float.NaN;
        Assert.InRange(Choose(logits, SamplingParameters.Greedy), 0, Sampleable - 1);
    }

    [Fact]
    public void A_mask_narrows_the_choice_before_the_filters()
    {
        var logits = Logits(5);
        ulong[] mask = [1UL << 7 | 1UL << 20 | 1UL << 36];
        foreach (var sampling in new[] { SamplingParameters.Greedy, new() { TopK = 2 }, new() { TopP = 0.9f } })
        {
            var expected = PlainSampler.Distribution(logits, Sampleable, sampling, [], [], id => id is 7 or 20 or 36);
            for (var position = 0; position < 50; position++)
                Assert.True(expected.ContainsKey(Choose(logits, sampling, TokenConstraint.Allowed(mask), position)));
        }
    }

    [Theory]
    [InlineData(new ulong[0])]
    [InlineData(new[] { 1UL << Sampleable })]
    public void A_mask_that_leaves_nothing_fails_the_sequence(ulong[] mask) =>
        Assert.Throws<SequenceFailedException>(() => Choose(Logits(1), new(), TokenConstraint.Allowed(mask)));

    [Fact]
    public void A_forced_token_comes_whatever_the_logits_say()
    {
        Assert.Equal(12, Choose(Logits(1), new(), TokenConstraint.Forced(12)));
        Assert.Equal(0, Choose(Logits(1), new(), TokenConstraint.Forced(0)));
        Assert.Throws<SequenceFailedException>(() => Choose(Logits(1), new(), TokenConstraint.Forced(Sampleable)));
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void A_logit_that_is_no_number_fails_the_sequence_wherever_it_stands(float wrong)
    {
        for (var id = 0; id < Sampleable; id++)
        {
            var logits = Logits(1);
            logits[id] = wrong;
            Assert.Throws<SequenceFailedException>(() => Choose(logits, new()));
        }
    }

    [Fact]
    public void A_sampler_keeps_nothing_from_one_draw_to_the_next()
    {
        var sampler = new Sampler(Sampleable);
        Gen.Select(AnyLogits, AnySampling, Gen.ULong).Array[1, 6].Sample(draws =>
        {
            var together = draws.Select(d => sampler.Choose(d.Item1, d.Item2, Counts(d.Item2, [], []), default, new NoiseKey(d.Item3, 0, 0)));
            var apart = draws.Select(d => new Sampler(Sampleable).Choose(d.Item1, d.Item2, Counts(d.Item2, [], []), default, new NoiseKey(d.Item3, 0, 0)));
            return together.SequenceEqual(apart);
        }, iter: 200, threads: 1);
    }

    [Fact]
    public void Two_models_that_agree_nearly_draw_nearly_always_the_same_token()
    {
        // Why the noise is keyed by token id: a draft drawn with it is accepted unless the distributions differ there.
        var random = new Random(1);
        var target = Logits(2);
        var draft = target.Select(logit => logit + 0.02f * (float)(random.NextDouble() - 0.5)).ToArray();
        var same = Enumerable.Range(0, 2_000).Count(position =>
            Choose(target, new(), default, position) == Choose(draft, new(), default, position));
        Assert.InRange(same, 1_960, 2_000);
    }

    private static float[] Logits(int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, Vocab).Select(_ => (float)(random.NextDouble() * 6 - 3)).ToArray();
    }

    private static TokenCounts Counts(SamplingParameters sampling, int[] prompt, int[] generated)
    {
        var counts = new TokenCounts(sampling, prompt);
        foreach (var token in generated)
            counts.Add(token);
        return counts;
    }

    private static int Choose(float[] logits, SamplingParameters sampling, TokenConstraint constraint = default, int position = 0) =>
        new Sampler(Sampleable).Choose(logits, sampling, Counts(sampling, [], []), constraint, new NoiseKey(11, 0, position));

    private static Dictionary<int, int> Draw(float[] logits, SamplingParameters sampling, int[] prompt, int[] generated, int draws)
    {
        var sampler = new Sampler(Sampleable);
        var counts = Counts(sampling, prompt, generated);
        var seen = new Dictionary<int, int>();
        for (var position = 0; position < draws; position++)
        {
            var token = sampler.Choose(logits, sampling, counts, TokenConstraint.None, new NoiseKey(5, 0, position));
            seen[token] = seen.GetValueOrDefault(token) + 1;
        }

        return seen;
    }

    private static void AssertDistribution(Dictionary<int, double> expected, Dictionary<int, int> seen)
    {
        Assert.Subset(expected.Keys.ToHashSet(), seen.Keys.ToHashSet());
        double draws = seen.Values.Sum();
        var usual = expected.Where(pair => pair.Value * draws >= 5).ToList();
        var chiSquare = usual.Sum(pair => Math.Pow(seen.GetValueOrDefault(pair.Key) - pair.Value * draws, 2) / (pair.Value * draws));
        var freedom = usual.Count - 1;
        // Mean + 4.5 standard deviations of the chi-square distribution: fixed seeds, so this either holds for ever or never.
        Assert.True(chiSquare <= freedom + 4.5 * Math.Sqrt(2 * freedom) + 4, $"chi-square {chiSquare:F1} with {freedom} degrees of freedom");
    }
}
