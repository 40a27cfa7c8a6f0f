namespace Platform.Kernels.Tests;

public sealed class ElementaryFunctionTests
{
    private static readonly float[] Edges =
    [
        0f, -0f, 1f, -1f, 88.72f, 88.73f, 89f, 1000f, -87.3f, -88f, -103f, -104f, -105f, -1000f,
        float.PositiveInfinity, float.NegativeInfinity, float.NaN, float.Epsilon, -float.Epsilon, 1e-20f, 3e38f, -3e38f,
    ];

    [Fact]
    public void Exp_is_within_two_ulp_and_saturates_at_both_ends()
    {
        foreach (var x in Sweep(-103, 88.7f))
            AssertUlp(Math.Exp(x), ElementaryFunctions.Exp(x), 2, x);
        Assert.Equal(float.PositiveInfinity, ElementaryFunctions.Exp(89f));
        Assert.Equal(0f, ElementaryFunctions.Exp(-105f));
        Assert.Equal(1f, ElementaryFunctions.Exp(0f));
        Assert.True(float.IsNaN(ElementaryFunctions.Exp(float.NaN)));
    }

    [Fact]
    public void Sigmoid_and_silu_are_within_three_ulp_on_both_sides()
    {
        foreach (var x in Sweep(-80, 80))
        {
            AssertUlp(1 / (1 + Math.Exp(-x)), ElementaryFunctions.Sigmoid(x), 3, x);
            AssertUlp(x / (1 + Math.Exp(-x)), ElementaryFunctions.Silu(x), 4, x);
        }

        Assert.Equal(1f, ElementaryFunctions.Sigmoid(200f));
        Assert.Equal(0f, ElementaryFunctions.Sigmoid(-200f));
    }

    [Fact]
    public void Tanh_gelu_follows_its_definition()
    {
        foreach (var x in Sweep(-8, 8))
        {
            var expected = 0.5 * x * (1 + Math.Tanh(Math.Sqrt(2 / Math.PI) * (x + 0.044715 * Math.Pow(x, 3))));
            Assert.True(Math.Abs(expected - ElementaryFunctions.GeluTanh(x)) <= 2e-6 * Math.Max(1, Math.Abs(x)), $"{x}");
        }
    }

    [Fact]
    public void Vectors_have_the_bits_of_scalars_edges_included()
    {
        float[] inputs = [.. Edges, .. Sweep(-110, 95), .. Sweep(-3, 3)];
        AssertSame(inputs, values => ElementaryFunctions.Exp(values), ElementaryFunctions.Exp);
        AssertSame(inputs, values => ElementaryFunctions.GeluTanh(values), ElementaryFunctions.GeluTanh);
        AssertSame(inputs, values => ElementaryFunctions.SwiGlu(values, Ones(values.Length), values), ElementaryFunctions.Silu);
        AssertSame(inputs, values => ElementaryFunctions.SigmoidGate(values, values.ToArray()), x => x * ElementaryFunctions.Sigmoid(x));
    }

    [Fact]
    public void Precise_functions_are_right_to_the_last_float32_bit_or_its_neighbour()
    {
        foreach (var x in Sweep(-30, 30))
        {
            AssertUlp(Math.Exp(x), (float)PreciseFunctions.Exp(x), 1, x);
            AssertUlp(Math.Tanh(x), PreciseFunctions.Tanh(x), 1, x);
            AssertUlp(x > 0 ? x + Math.Log(1 + Math.Exp(-x)) : LogOnePlus(Math.Exp(x)), PreciseFunctions.Softplus(x), 1, x);
        }

        foreach (var exponent in Enumerable.Range(-140, 260))
        {
            var x = MathF.ScaleB(1.3f, exponent);
            AssertUlp(Math.Log(x), PreciseFunctions.Log(x), 1, x);
        }
    }

    [Fact]
    public void Softplus_neither_overflows_nor_loses_its_tail()
    {
        Assert.Equal(1000f, PreciseFunctions.Softplus(1000f));
        AssertUlp(Math.Exp(-80), PreciseFunctions.Softplus(-80), 1, -80);
        Assert.Equal(0f, PreciseFunctions.Softplus(-1000f));
    }

    [Fact]
    public void Log_keeps_its_special_values()
    {
        Assert.Equal(float.NegativeInfinity, PreciseFunctions.Log(0f));
        Assert.True(float.IsNaN(PreciseFunctions.Log(-1f)));
        Assert.Equal(float.PositiveInfinity, PreciseFunctions.Log(float.PositiveInfinity));
        Assert.Equal(0f, PreciseFunctions.Log(1f));
    }

    [Fact]
    public void Sine_and_cosine_hold_at_rotary_angles_up_to_a_million()
    {
        var random = new Random(3);
        for (var i = 0; i < 20000; i++)
        {
            var angle = (float)((random.NextDouble() - 0.5) * (i % 2 == 0 ? 2e6 : 20));
            var (sin, cos) = PreciseFunctions.SinCos(angle);
            Assert.True(Math.Abs(Math.Sin(angle) - sin) < 6.1e-8, $"sin {angle}");
            Assert.True(Math.Abs(Math.Cos(angle) - cos) < 6.1e-8, $"cos {angle}");
        }

        Assert.Throws<ArgumentOutOfRangeException>(() => PreciseFunctions.SinCos(double.NaN));
    }

    // Values of the error function from tables.
    [Theory]
    [InlineData(0f, 0.0)]
    [InlineData(0.1f, 0.1124629160)]
    [InlineData(0.5f, 0.5204998778)]
    [InlineData(1f, 0.8427007929)]
    [InlineData(2f, 0.9953222650)]
    [InlineData(3f, 0.9999779095)]
    [InlineData(-1f, -0.8427007929)]
    [InlineData(5f, 1.0)]
    public void Erf_matches_the_tables(float x, double expected) => Assert.Equal(expected, PreciseFunctions.Erf(x), tolerance: 1e-7);

    private static IEnumerable<float> Sweep(float from, float to)
    {
        const int Steps = 5001;
        for (var i = 0; i < Steps; i++)
            yield return from + (to - from) * i / (Steps - 1);
    }

    private static double LogOnePlus(double y) => y < 1e-5 ? y - y * y / 2 : Math.Log(1 + y);

    private static float[] Ones(int count)
    {
        var ones = new float[count];
        Array.Fill(ones, 1f);
        return ones;
    }

    private static void AssertUlp(double expected, float found, double ulps, float at)
    {
        var step = Math.Max(Math.Abs((double)MathF.BitIncrement((float)Math.Abs(expected)) - Math.Abs((float)expected)), float.Epsilon);
        Assert.True(Math.Abs(expected - found) <= ulps * step, $"at {at}: found {found}, needed {expected} within {ulps} ulp");
    }

    private static void AssertSame(float[] inputs, Action<Span<float>> vector, Func<float, float> scalar)
    {
        var found = (float[])inputs.Clone();
        vector(found);
        for (var i = 0; i < inputs.Length; i++)
        {
            var expected = scalar(inputs[i]);
            if (!float.IsNaN(expected) || !float.IsNaN(found[i]))
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(found[i]));
        }
    }
}
