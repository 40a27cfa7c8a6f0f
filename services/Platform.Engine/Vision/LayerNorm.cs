using Platform.Kernels;

namespace Platform.Engine;

/// <summary>LayerNorm with weight and bias, ε = 1e-6.</summary>
internal sealed class LayerNorm(ModelContext context, WeightLoader weights, string prefix)
{
    private const float Epsilon = 1e-6f;

    private readonly float[] _weight = weights.Vector($"{prefix}.weight");
    private readonly float[] _bias = weights.Vector($"{prefix}.bias");

    public void Run(FloatRows x, FloatRows y) => context.Team.Run(x.Count, new Job { Owner = this, X = x, Y = y });

    private struct Job : ITeamJob
    {
        public LayerNorm Owner;
        public FloatRows X;
        public FloatRows Y;

        public readonly void Run(int task, int worker) => Norms.Layer(X[task], Owner._weight, Owner._bias, Epsilon, Y[task]);
    }
}
