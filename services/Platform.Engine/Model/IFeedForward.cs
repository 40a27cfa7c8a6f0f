using Platform.Kernels;

namespace Platform.Engine;

/// <summary>A layer's feed-forward part: dense in some models, a mixture of experts in others.</summary>
internal interface IFeedForward : IDisposable
{
    /// <summary>residual += ffn(x).</summary>
    /// <param name="step">The step.</param>
    /// <param name="layer">Layer number, for observers.</param>
    /// <param name="x">Normed rows [M, H].</param>
    /// <param name="residual">The residual stream [M, H].</param>
    void Run(StepContext step, int layer, FloatRows x, FloatRows residual);
}
