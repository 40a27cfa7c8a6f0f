using Platform.Model;

namespace Platform.Engine.Tests.Model;

public sealed class RotaryTableTests
{
    [Fact]
    public void Height_and_width_take_every_third_frequency_up_to_their_sections_and_time_the_rest()
    {
        var table = new RotaryTable(64, new RopeParameters { MropeSection = [11, 11, 10] });
        var rows = Enumerable.Range(0, 32).Select(table.PositionRow).ToArray();
        Assert.Equal(11, rows.Count(row => row == 0));
        Assert.Equal(11, rows.Count(row => row == 1));
        Assert.Equal(10, rows.Count(row => row == 2));
        Assert.Equal([0, 1, 2, 0, 1, 2], rows[..6]);
        Assert.Equal([0, 1], rows[^2..]);
    }

    [Fact]
    public void Angles_are_float32_products_of_position_and_frequency()
    {
        var table = new RotaryTable(64, new RopeParameters { MropeSection = [11, 11, 10] });
        float[] cos = new float[32], sin = new float[32];
        table.Fill(new MropePosition(262143, 5, 9), cos, sin);
        for (var i = 0; i < 32; i++)
        {
            var position = i % 3 == 1 && i < 33 ? 5 : i % 3 == 2 && i < 30 ? 9 : 262143;
            var frequency = (float)Math.Pow(1e7, -2.0 * i / 64);
            Assert.Equal(frequency, table.Frequency(i), frequency * 1e-6f);
            float angle = position * table.Frequency(i);
            Assert.Equal(Math.Cos(angle), cos[i], tolerance: 1e-7);
            Assert.Equal(Math.Sin(angle), sin[i], tolerance: 1e-7);
        }
    }

    [Fact]
    public void Yarn_keeps_fast_frequencies_stretches_slow_ones_and_raises_the_amplitude()
    {
        var rope = new RopeParameters { MropeSection = [11, 11, 10] };
        var plain = new RotaryTable(64, rope);
        var yarn = new RotaryTable(64, rope with { RopeType = "yarn", Factor = 4, OriginalMaxPositionEmbeddings = 262144 });
        Assert.Equal(plain.Frequency(0), yarn.Frequency(0));
        Assert.Equal(plain.Frequency(31) / 4, yarn.Frequency(31), plain.Frequency(31) * 1e-6f);
        for (var i = 0; i < 32; i++)
            Assert.InRange(yarn.Frequency(i), plain.Frequency(i) / 4.0001f, plain.Frequency(i));
        float[] cos = new float[32], sin = new float[32];
        yarn.Fill(default, cos, sin);
        Assert.Equal(0.1 * Math.Log(4) + 1, cos[0], tolerance: 1e-6);
    }
}
