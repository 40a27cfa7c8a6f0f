using Platform.Kernels;

namespace Platform.Engine;

/// <summary>A layer's token mixer: linear attention in most layers, full attention in some.</summary>
internal interface IMixer : IDisposable
{
    /// <summary>residual += mixer(x).</summary>
    /// <param name="step">The step.</param>
    /// <param name="x">Normed rows [M, H].</param>
    /// <param name="residual">The residual stream [M, H].</param>
    void Run(StepContext step, FloatRows x, FloatRows residual);
}
