using System.Runtime.Intrinsics;

namespace Platform.Engine;

/// <summary>What a filter adds up along the ranks until enough is reached: probability, or heads.</summary>
internal interface IRankMeasure
{
    /// <summary>Of 16 candidates, in float32: for those whose sum only has to be known to a millionth.</summary>
    Vector512<float> Of(Vector512<float> logits);

    /// <summary>Of candidates near the border, in double precision.</summary>
    void Of(ReadOnlySpan<float> logits, Span<double> results);
}
