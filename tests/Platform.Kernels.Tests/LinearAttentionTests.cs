namespace Platform.Kernels.Tests;

public sealed class LinearAttentionTests
{
    [Theory]
    [InlineData(16, 16)]
    [InlineData(24, 16)]
    [InlineData(32, 40)]
    [InlineData(7, 5)]
    [InlineData(128, 128)]
    [InlineData(16, 80)]
    public void A_delta_step_has_the_bits_of_its_plain_form(int keyDim, int valueDim)
    {
        var padded = (valueDim + 15) / 16 * 16;
        using var fast = new Matrix(keyDim, padded, padding: 0);
        using var plain = new Matrix(keyDim, padded, padding: 0);
        float[] fastOut = new float[valueDim], plainOut = new float[valueDim];
        for (var token = 0; token < 9; token++)
        {
            var q = Matrix.RandomVector(keyDim, token * 10);
            var k = Matrix.RandomVector(keyDim, token * 10 + 1);
            var v = Matrix.RandomVector(valueDim, token * 10 + 2);
            GatedDelta.Step(fast.Rows, q, k, v, 0.9f, 0.4f, fastOut);
            GatedDelta.StepReference(plain.Rows, q, k, v, 0.9f, 0.4f, plainOut);
            Assert.Equal(Matrix.BitsOf(plainOut), Matrix.BitsOf(fastOut));
            Assert.Equal(plain.Bits(), fast.Bits());
        }
    }

    [Fact]
    public void A_full_strength_write_of_a_unit_key_is_read_back()
    {
        using var state = new Matrix(4, 16, padding: 0);
        float[] key = [0, 1, 0, 0], value = [.. Enumerable.Range(1, 16).Select(i => (float)i)], read = new float[16];
        GatedDelta.Step(state.Rows, key, key, value, 0.5f, 1f, read);
        Assert.Equal(value, read);
        // Written again over itself after a decay: recall, correct, write make it whole.
        GatedDelta.Step(state.Rows, key, key, value, 0.5f, 1f, read);
        Assert.Equal(value, read);
    }

    [Theory]
    [InlineData(40, 4, 6)]
    [InlineData(16, 4, 1)]
    [InlineData(37, 2, 5)]
    [InlineData(9, 1, 3)]
    public void A_convolution_has_the_bits_of_its_plain_form(int channels, int taps, int tokens)
    {
        using var weights = Matrix.Random(taps, channels, 1);
        using var history = Matrix.Random(taps - 1, channels, 2);
        using var inputs = Matrix.Random(tokens, channels, 3);
        float[] fast = new float[channels], plain = new float[channels];
        for (var token = 0; token < tokens; token++)
        {
            CausalConv.Token(weights.Rows, history.Rows, inputs.Rows, token, fast);
            CausalConv.TokenReference(weights.Rows, history.Rows, inputs.Rows, token, plain);
            Assert.Equal(Matrix.BitsOf(plain), Matrix.BitsOf(fast));
        }
    }
}
