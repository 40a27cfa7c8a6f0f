using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>What every part of a loaded model shares: its shape, its number format, the kernels and the team that runs them.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class ModelContext(TextConfig config, ComputeFormat format, KernelSet kernels, WorkerTeam team, int maxRows) : IDisposable
{
    public TextConfig Config { get; } = config;

    public KernelSet Kernels { get; } = kernels;

    public WorkerTeam Team { get; } = team;

    public int MaxRows { get; } = maxRows;

    public float Epsilon { get; } = (float)config.RmsNormEps;

    /// <summary>Whether inputs of products are rounded to bfloat16.</summary>
    public bool RoundsInputs { get; } = format == ComputeFormat.BF16;

    public ComputeFormat Format { get; } = format;

    private readonly GemmBatch _single = new();

    /// <summary>Several products under one join.</summary>
    public void Multiply(GemmBatch batch) => Kernels.Multiply(Team, batch);

    /// <summary>y = x·Wᵀ, or y += x·Wᵀ.</summary>
    public void Multiply(PackedMatrix weights, FloatRows x, FloatRows y, GemmMode mode = GemmMode.Store)
    {
        _single.Clear();
        _single.Add(weights, x, y, mode);
        Kernels.Multiply(Team, _single);
    }

    /// <summary>Rounds a product's input when the format says so.</summary>
    public void RoundInput(Span<float> row)
    {
        if (RoundsInputs)
            Bf16.Round(row);
    }

    /// <summary>y = RMSNorm(x) of every row, ready to be a product's input.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="scale">1 + w.</param>
    /// <param name="y">The result.</param>
    public void Norm(FloatRows x, float[] scale, FloatRows y) =>
        Team.Run(x.Count, new NormJob { Context = this, X = x, Scale = scale, Y = y });

    public void Dispose()
    {
        _single.Dispose();
        Team.Dispose();
    }

    private struct NormJob : ITeamJob
    {
        public ModelContext Context;
        public FloatRows X;
        public float[] Scale;
        public FloatRows Y;

        public readonly void Run(int task, int worker)
        {
            Context.Kernels.RmsNorm(X[task], Scale, Context.Epsilon, Y[task]);
            Context.RoundInput(Y[task]);
        }
    }
}
