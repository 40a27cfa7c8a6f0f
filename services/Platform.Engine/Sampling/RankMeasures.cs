using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Platform.Kernels;

namespace Platform.Engine;

/// <summary>exp(logit / temperature - top): the weight against the most probable candidate.</summary>
/// <param name="temperature">The temperature.</param>
/// <param name="top">The highest logit / temperature.</param>
internal readonly struct WeightMeasure(float temperature, float top) : IRankMeasure
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> logits) =>
        ElementaryFunctions.Exp(logits / Vector512.Create(temperature) - Vector512.Create(top));

    public void Of(ReadOnlySpan<float> logits, Span<double> results)
    {
        Span<float> tempered = stackalloc float[256];
        for (var start = 0; start < logits.Length; start += tempered.Length)
        {
            var count = Math.Min(tempered.Length, logits.Length - start);
            for (var i = 0; i < count; i++)
                tempered[i] = logits[start + i] / temperature;
            SamplerMath.Exp(tempered[..count], top, results.Slice(start, count));
        }
    }
}

/// <summary>One for every candidate.</summary>
internal readonly struct CountMeasure : IRankMeasure
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> logits) => Vector512<float>.One;

    public void Of(ReadOnlySpan<float> logits, Span<double> results) => results[..logits.Length].Fill(1);
}
