namespace Platform.Engine.Tests;

public sealed class KeyedNoiseTests
{
    [Theory]
    [InlineData(0u, 0u, 0u, 0u, 0u, 0u, 0x6627e8d5u, 0xe169c58du, 0xbc57ac4cu, 0x9b00dbd8u)]
    [InlineData(~0u, ~0u, ~0u, ~0u, ~0u, ~0u, 0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu)]
    [InlineData(0x243f6a88u, 0x85a308d3u, 0x13198a2eu, 0x03707344u, 0xa4093822u, 0x299f31d0u, 0xd16cfe09u, 0x94fdccebu, 0x5001e420u, 0x24126ea1u)]
    public void Philox_gives_the_published_known_answers(
        uint c0, uint c1, uint c2, uint c3, uint k0, uint k1, uint r0, uint r1, uint r2, uint r3) =>
        Assert.Equal((r0, r1, r2, r3), KeyedNoise.Philox(c0, c1, c2, c3, k0, k1));

    [Fact]
    public void Every_part_of_the_key_changes_the_draw()
    {
        var key = new NoiseKey(7, 1, 100);
        var draws = new[]
        {
            KeyedNoise.Uniform(key, 5),
            KeyedNoise.Uniform(key, 6),
            KeyedNoise.Uniform(key with { Position = 101 }, 5),
            KeyedNoise.Uniform(key with { Choice = 2 }, 5),
            KeyedNoise.Uniform(key with { Seed = 8 }, 5),
            KeyedNoise.Uniform(key with { Seed = 7UL | 1UL << 40 }, 5),
        };
        Assert.Equal(draws.Length, draws.Distinct().Count());
        Assert.Equal(draws[0], KeyedNoise.Uniform(new NoiseKey(7, 1, 100), 5));
    }

    [Fact]
    public void Draws_are_uniform_over_lanes_and_over_positions()
    {
        Assert.InRange(ChiSquare(lane => KeyedNoise.Uniform(new NoiseKey(1, 0, 0), lane)), 40, 160);
        Assert.InRange(ChiSquare(position => KeyedNoise.Uniform(new NoiseKey(1, 0, position), 3)), 40, 160);
    }

    /// <summary>Of 20,000 draws in 100 equal cells: 99 degrees of freedom, and 40 to 160 is beyond one in ten thousand on either side.</summary>
    private static double ChiSquare(Func<int, double> draw)
    {
        var cells = new int[100];
        for (var i = 0; i < 20_000; i++)
        {
            var value = draw(i);
            Assert.True(value is > 0 and < 1);
            cells[(int)(value * 100)]++;
        }

        return cells.Sum(count => (count - 200.0) * (count - 200.0) / 200);
    }
}
