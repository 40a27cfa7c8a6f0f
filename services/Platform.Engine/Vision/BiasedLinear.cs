using Platform.Kernels;

namespace Platform.Engine;

/// <summary>y = act(x·Wᵀ + b), or y += x·Wᵀ + b.</summary>
internal sealed class BiasedLinear(ModelContext context, WeightLoader weights, string prefix) : IDisposable
{
    private readonly PackedMatrix _weight = weights.PackFlattened(weights.Checkpoint.Get($"{prefix}.weight"));
    private readonly float[] _bias = weights.Vector($"{prefix}.bias");

    public void Run(FloatRows x, FloatRows y, Activation activation = Activation.None)
    {
        context.Multiply(_weight, x, y);
        context.Team.Run(y.Count, new Job { Bias = _bias, Y = y, Activation = activation });
    }

    public void AddTo(FloatRows x, FloatRows y)
    {
        context.Multiply(_weight, x, y, GemmMode.AddTo);
        context.Team.Run(y.Count, new Job { Bias = _bias, Y = y });
    }

    public void Dispose() => _weight.Dispose();

    private struct Job : ITeamJob
    {
        public float[] Bias;
        public FloatRows Y;
        public Activation Activation;

        public readonly void Run(int task, int worker)
        {
            var row = Y[task];
            ElementwiseRows.Add(row, Bias);
            if (Activation == Activation.GeluTanh)
                ElementaryFunctions.GeluTanh(row);
            for (var i = 0; Activation == Activation.GeluExact && i < row.Length; i++)
                row[i] = PreciseFunctions.GeluExact(row[i]);
        }
    }
}
