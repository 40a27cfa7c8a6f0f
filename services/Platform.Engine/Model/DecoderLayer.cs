using Platform.Kernels;

namespace Platform.Engine;

/// <summary>One decoder layer: x ← x + mixer(norm₁ x); x ← x + ffn(norm₂ x).</summary>
internal sealed class DecoderLayer(
    ModelContext context, int index, float[] norm1, IMixer mixer, float[] norm2, IFeedForward feedForward) : IDisposable
{
    /// <summary>Runs all rows through the layer, in place.</summary>
    /// <param name="step">The step.</param>
    /// <param name="x">The residual stream [M, H].</param>
    /// <param name="normed">Scratch [M, H].</param>
    public void Run(StepContext step, FloatRows x, FloatRows normed)
    {
        context.Norm(x, norm1, normed);
        mixer.Run(step, normed, x);
        context.Norm(x, norm2, normed);
        feedForward.Run(step, index, normed, x);
        if (step.HasTaps)
            StepTaps.Hidden(step, index, x);
    }

    public void Dispose()
    {
        mixer.Dispose();
        feedForward.Dispose();
    }
}
