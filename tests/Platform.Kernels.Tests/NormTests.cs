namespace Platform.Kernels.Tests;

public sealed class NormTests
{
    public static TheoryData<int> Widths => [1, 2, 15, 16, 17, 31, 32, 48, 96, 128, 131, 1024];

    [Theory]
    [MemberData(nameof(Widths))]
    public void Norms_have_the_bits_of_their_plain_forms(int width)
    {
        var x = Matrix.RandomVector(width, width);
        var gate = Matrix.RandomVector(width, width + 1);
        var weight = Matrix.RandomVector(width, width + 2);
        float[] fast = new float[width], plain = new float[width];

        Norms.Rms(x, weight, 1e-6f, fast);
        NormsReference.Rms(x, weight, 1e-6f, plain);
        Assert.Equal(Matrix.BitsOf(plain), Matrix.BitsOf(fast));

        Norms.Gated(x, gate, weight, 1e-6f, fast);
        NormsReference.Gated(x, gate, weight, 1e-6f, plain);
        Assert.Equal(Matrix.BitsOf(plain), Matrix.BitsOf(fast));

        x.CopyTo(fast, 0);
        x.CopyTo(plain, 0);
        Norms.L2(fast, 1e-6f, 0.25f);
        NormsReference.L2(plain, 1e-6f, 0.25f);
        Assert.Equal(Matrix.BitsOf(plain), Matrix.BitsOf(fast));
    }

    [Theory]
    [MemberData(nameof(Widths))]
    public void Sums_have_the_bits_of_their_plain_forms(int width)
    {
        var x = Matrix.RandomVector(width, width);
        Assert.Equal(NormsReference.Sum(x), Lanes.Sum(x));
        Assert.Equal(NormsReference.SumOfSquaresAround(x, 0), Lanes.SumOfSquares(x));
        Assert.Equal(NormsReference.SumOfSquaresAround(x, 0.3f), Lanes.SumOfSquaresAround(x, 0.3f));
        Assert.Equal(x.Max(), Lanes.Max(x));
        float[] fast = [.. x], plain = [.. x];
        Assert.Equal(NormsReference.ExpAndSum(plain, 1.5f), Lanes.ExpAndSum(fast, 1.5f));
        Assert.Equal(Matrix.BitsOf(plain), Matrix.BitsOf(fast));
    }

    [Fact]
    public void A_layer_norm_has_mean_zero_and_variance_one_before_weight_and_bias()
    {
        var x = Matrix.RandomVector(96, 1);
        float[] weight = Matrix.RandomVector(96, 2), bias = Matrix.RandomVector(96, 3), y = new float[96];
        Norms.Layer(x, weight, bias, 1e-6f, y);
        var mean = x.Average(v => (double)v);
        var variance = x.Average(v => (v - mean) * (v - mean));
        for (var i = 0; i < x.Length; i++)
            Assert.Equal((x[i] - mean) / Math.Sqrt(variance + 1e-6) * weight[i] + bias[i], y[i], tolerance: 2e-5);
    }

    [Fact]
    public void A_weight_of_another_width_is_refused() =>
        Assert.Throws<ArgumentException>(() => Norms.Rms(new float[4], new float[5], 1e-6f, new float[4]));
}
