namespace Platform.Kernels.Tests;

public sealed class FormatTests
{
    [Fact]
    public void Every_bf16_code_survives_widening_and_rounding()
    {
        for (var code = 0; code <= ushort.MaxValue; code++)
        {
            var value = Bf16.ToFloat((ushort)code);
            if (float.IsNaN(value))
                Assert.True(float.IsNaN(Bf16.Round(value)));
            else
                Assert.Equal((ushort)code, Bf16.FromFloat(value));
        }
    }

    [Theory]
    [InlineData(0x3F808000u, 0x3F80)]
    [InlineData(0x3F818000u, 0x3F82)]
    [InlineData(0x3F808001u, 0x3F81)]
    [InlineData(0x7F7FFFFFu, 0x7F80)]
    [InlineData(0x80000000u, 0x8000)]
    public void Bf16_rounds_to_the_nearest_and_ties_to_even(uint bits, int expected) =>
        Assert.Equal((ushort)expected, Bf16.FromFloat(BitConverter.UInt32BitsToSingle(bits)));

    [Fact]
    public void Rounding_a_span_is_rounding_each()
    {
        float[] values = [.. Matrix.RandomVector(53, 1), float.NaN, float.PositiveInfinity, float.MaxValue, -0f];
        float[] expected = [.. values.Select(Bf16.Round)];
        Bf16.Round(values);
        Assert.Equal(Matrix.BitsOf(expected), Matrix.BitsOf(values));
    }

    [Fact]
    public void Every_e4m3_code_survives_decoding_and_encoding()
    {
        for (var code = 0; code < 256; code++)
        {
            var value = E4M3.Decode((byte)code);
            Assert.Equal((code & 0x7F) == 0x7F, float.IsNaN(value));
            Assert.Equal((byte)code, E4M3.Encode(value));
        }
    }

    [Fact]
    public void E4m3_takes_the_nearest_code_and_the_even_one_of_two()
    {
        for (var code = 0; code < 0x7E; code++)
        {
            var low = E4M3.Decode((byte)code);
            var high = E4M3.Decode((byte)(code + 1));
            var middle = (low + high) / 2;
            Assert.Equal(code % 2 == 0 ? code : code + 1, E4M3.Encode(middle));
            Assert.Equal(code, E4M3.Encode(MathF.BitDecrement(middle)));
            Assert.Equal(code + 1, E4M3.Encode(MathF.BitIncrement(middle)));
            Assert.Equal(0x80 | code, E4M3.Encode(-MathF.BitDecrement(middle)));
        }
    }

    [Theory]
    [InlineData(449f, 0x7E)]
    [InlineData(float.PositiveInfinity, 0x7E)]
    [InlineData(float.NegativeInfinity, 0xFE)]
    public void E4m3_saturates(float value, int expected) => Assert.Equal(expected, E4M3.Encode(value));

    [Fact]
    public void The_router_takes_the_largest_and_the_lower_index_of_equals()
    {
        var chosen = new int[3];
        var weights = new float[3];
        TopK.Choose([1f, 3f, 2f, 3f, 2f], chosen, weights);
        Assert.Equal([1, 3, 2], chosen);
        Assert.Equal(1.0, weights.Sum(), tolerance: 1e-6);
        Assert.Equal(weights[0], weights[1]);
        Assert.Equal(Math.Exp(-1), weights[2] / weights[0], tolerance: 1e-6);
    }

    [Fact]
    public void A_turn_by_an_angle_keeps_length_and_leaves_the_rest()
    {
        float[] head = [3f, 1f, 4f, 2f, 9f];
        var (sin, cos) = Rotary.SinCos(5, 0.25f);
        Rotary.Rotate(head, [cos, 1f], [sin, 0f]);
        Assert.Equal(3 * Math.Cos(1.25) - 4 * Math.Sin(1.25), head[0], tolerance: 1e-5);
        Assert.Equal(4 * Math.Cos(1.25) + 3 * Math.Sin(1.25), head[2], tolerance: 1e-5);
        Assert.Equal([1f, 2f, 9f], [head[1], head[3], head[4]]);
    }

    [Fact]
    public void Native_memory_is_zero_aligned_and_bounded()
    {
        using var buffer = new NativeBuffer(5 << 20);
        Assert.True(buffer.Span<byte>(0, 5 << 20).IndexOfAnyExcept((byte)0) < 0);
        buffer.Span<float>(0, 4).Fill(2);
        buffer.Copy(0, 100, 16);
        Assert.Equal(2f, buffer.Span<float>(100, 4)[3]);
        buffer.Clear(100, 16);
        Assert.Equal(0f, buffer.Span<float>(100, 4)[3]);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Span<float>((5 << 20) - 4, 2).Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Rows(0, 2, 1 << 20, 1 << 20));
    }
}
