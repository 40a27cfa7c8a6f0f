using CsCheck;

namespace Platform.Engine.Tests;

public sealed class SamplerMathTests
{
    [Fact]
    public void Exp_agrees_with_the_library_to_the_last_digits() =>
        Gen.Double[-700, 700].Sample(x => Math.Abs(SamplerMath.Exp(x) - Math.Exp(x)) <= 1e-15 * Math.Exp(x), iter: 20_000);

    [Fact]
    public void Exp_of_many_has_the_bits_of_exp_of_one() =>
        Gen.Select(Gen.OneOf(Gen.Float[-800f, 0f], Gen.Float[-5f, 0f], Gen.Const(float.NegativeInfinity), Gen.Const(0f)).Array[0, 40], Gen.Float[0f, 60f])
            .Sample((values, shift) =>
            {
                var together = new double[values.Length];
                SamplerMath.Exp(values, shift, together);
                return values.Select(value => SamplerMath.Exp(value - (double)shift)).SequenceEqual(together);
            }, iter: 5_000);

    [Fact]
    public void Log_agrees_with_the_library_to_the_last_digits() =>
        Gen.Double[-700, 700].Select(Math.Exp).Sample(x => Math.Abs(SamplerMath.Log(x) - Math.Log(x)) <= 1e-15 * Math.Max(1e-3, Math.Abs(Math.Log(x))), iter: 20_000);

    [Fact]
    public void Edges_are_exact()
    {
        Assert.Equal(1.0, SamplerMath.Exp(0));
        Assert.Equal(0.0, SamplerMath.Exp(double.NegativeInfinity));
        Assert.Equal(0.0, SamplerMath.Exp(-1000));
        Assert.Equal(0.0, SamplerMath.Log(1));
        Assert.Equal(Math.Log(1 - Math.ScaleB(1, -53)), SamplerMath.Log(1 - Math.ScaleB(1, -53)), 1e-30);
    }
}
