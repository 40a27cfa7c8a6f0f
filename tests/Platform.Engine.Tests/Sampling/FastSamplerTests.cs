using CsCheck;

namespace Platform.Engine.Tests;

/// <summary>The fast sampler against the plain one: the same token from the same row, key and parameters.</summary>
public sealed class FastSamplerTests
{
    // The borders of top-p may differ where the share is reached within a millionth; then the plain choice at a share that much to
    // either side is right too.
    private const float EdgeOfShare = 3e-6f;

    private static readonly Gen<float[]> AnyRow =
        from size in Gen.Int[1, 3000]
        from kind in Gen.Int[0, 6]
        from seed in Gen.Int[0, int.MaxValue - 1]
        select Row(kind, size, seed);

    private static readonly Gen<SamplingParameters> AnySampling =
        from temperature in Gen.OneOf(Gen.Const(0f), Gen.Const(1f), Gen.Float[0.05f, 3f], Gen.Float[3f, 100f], Gen.Float[1e-5f, 1e-2f])
        from topK in Gen.OneOf(Gen.Const(0), Gen.Int[1, 50], Gen.Int[200, 2000])
        from topP in Gen.OneOf(Gen.Const(1f), Gen.Float[0.01f, 0.999f])
        from minP in Gen.OneOf(Gen.Const(0f), Gen.Float[0.0001f, 0.9f])
        from presence in Gen.OneOf(Gen.Const(0f), Gen.Float[-2f, 2f])
        select new SamplingParameters { Temperature = temperature, TopK = topK, TopP = topP, MinP = minP, PresencePenalty = presence };

    [Fact]
    public void Chooses_what_the_plain_sampler_chooses() => Gen.Select(AnyRow, AnySampling, Gen.ULong)
        .Sample((row, sampling, seed) => SameChoices(row, sampling, seed, TokenConstraint.None, draws: 4), iter: 4_000);

    [Fact]
    public void Chooses_what_the_plain_sampler_chooses_under_a_mask() => Gen.Select(AnyRow, AnySampling, Gen.ULong, Gen.Int[0, 4])
        .Sample((row, sampling, seed, density) =>
        {
            var mask = new ulong[row.Length / 64 + 1];
            var random = new Random((int)(seed & 0xFFFFFF));
            mask[0] = 1;
            for (var id = 0; id < row.Length; id++)
            {
                if (random.Next(1 << (2 * density)) == 0)
                    mask[id >> 6] |= 1UL << (id & 63);
            }

            return SameChoices(row, sampling, seed, TokenConstraint.Allowed(mask), draws: 2);
        }, iter: 2_000);

    [Fact]
    public void Chooses_what_the_plain_sampler_chooses_from_large_rows_of_every_kind()
    {
        SamplingParameters[] samplings =
        [
            SamplingParameters.Greedy, new(), new() { Temperature = 0.7f, TopP = 0.9f }, new() { TopP = 0.5f }, new() { TopK = 20, TopP = 0.95f },
            new() { TopK = 5000 }, new() { TopK = 5000, TopP = 0.7f }, new() { MinP = 0.05f }, new() { TopP = 0.9999f, MinP = 0.001f },
            new() { Temperature = 30, TopP = 0.3f },
        ];
        for (var kind = 0; kind <= 6; kind++)
        {
            var row = Row(kind, 50_003, kind + 1);
            foreach (var sampling in samplings)
                Assert.True(SameChoices(row, sampling, 5, TokenConstraint.None, draws: 3), $"row kind {kind}, {sampling}");
        }
    }

    [Fact]
    public void Noise_of_many_lanes_has_the_bits_of_noise_of_one() => Gen.Select(Gen.ULong, Gen.Int[0, 9], Gen.Int[0, 1 << 20], Gen.Int[0, 300_000])
        .Sample((seed, choice, position, lane) =>
        {
            var key = new NoiseKey(seed, choice, position);
            var noise = new NoiseLanes();
            noise.Start(key);
            noise.Complements(lane, out var low, out var high);
            return Enumerable.Range(0, 16).All(i => (i < 8 ? low[i] : high[i - 8]) == 1 - KeyedNoise.Uniform(key, lane + i));
        }, iter: 2_000);

    [Fact]
    public void The_highest_is_the_first_of_equal_ones_and_damage_is_seen_anywhere() =>
        Gen.Select(Gen.Int[1, 9000], Gen.Int[0, 1_000_000], Gen.Int[1, 40]).Sample((size, seed, values) =>
        {
            var random = new Random(seed);
            var row = Enumerable.Range(0, size).Select(_ => (float)(random.Next(values) - values / 2)).ToArray();
            var expected = Array.IndexOf(row, row.Max());
            var found = LogitScan.Highest(row, out var finite);
            row[random.Next(size)] = seed % 3 == 0 ? float.NaN : seed % 3 == 1 ? float.PositiveInfinity : float.NegativeInfinity;
            LogitScan.Highest(row, out var stillFinite);
            return found == expected && finite && !stillFinite;
        }, iter: 2_000);

    private static bool SameChoices(float[] row, SamplingParameters sampling, ulong seed, TokenConstraint constraint, int draws)
    {
        var (plain, fast) = (new SortingSampler(row.Length), new Sampler(row.Length));
        var counts = new TokenCounts(sampling, [0]);
        counts.Add(row.Length / 2);
        for (var position = 0; position < draws; position++)
        {
            var key = new NoiseKey(seed, 0, position);
            var token = fast.Choose(row, sampling, counts, constraint, key);
            var near = new[] { 0, -EdgeOfShare, EdgeOfShare }.Select(edge =>
                plain.Choose(row, sampling with { TopP = sampling.TopP < 1 ? sampling.TopP * (1 + edge) : 1 }, counts, constraint, key));
            if (!near.Contains(token))
                return false;
        }

        return true;
    }

    /// <summary>Rows: normal, flat, equal, few distinct values, one spike, falling, rising.</summary>
    private static float[] Row(int kind, int size, int seed)
    {
        var random = new Random(seed);
        return Enumerable.Range(0, size).Select(i => kind switch
        {
            0 => 3 * Normal(),
            1 => 0.01f * Normal(),
            2 => 1.5f,
            3 => random.Next(5) * 0.5f,
            4 => i == size / 3 ? 40 : Normal(),
            5 => -0.01f * i,
            _ => i * 1e-4f - 1,
        }).ToArray();

        float Normal() => (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
    }
}
