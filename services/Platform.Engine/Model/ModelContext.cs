using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>What every part of a loaded model shares: its shape, its number format, the kernels and the team that runs them.</summary>
/// <remarks>Engine thread only.</remarks>
internal sealed class ModelContext(
    TextConfig config, ComputeFormat format, KernelSet kernels, WorkerTeam team, int maxRows, WeightPacking packing = WeightPacking.AsStored) : IDisposable
{
    public TextConfig Config { get; } = config;

    public KernelSet Kernels { get; } = kernels;

    public WorkerTeam Team { get; } = team;

    public int MaxRows { get; } = maxRows;

    public float Epsilon { get; } = (float)config.RmsNormEps;

    /// <summary>Whether inputs of products are rounded to bfloat16.</summary>
    public bool RoundsInputs { get; } = format == ComputeFormat.BF16;

    public ComputeFormat Format { get; } = format;

    /// <summary>The form of the large matrices.</summary>
    public WeightPacking Packing { get; } = packing;

    private readonly GemmBatch _batch = new();

    /// <summary>An empty batch for products that run under one join by <see cref="MultiplyBatch"/>; the same object each time.</summary>
    public GemmBatch StartBatch()
    {
        _batch.Clear();
        return _batch;
    }

    /// <summary>Runs the products of the batch that was started.</summary>
    public void MultiplyBatch() => Kernels.Multiply(Team, _batch);

    /// <summary>y = x·Wᵀ, or y += x·Wᵀ.</summary>
    public void Multiply(PackedMatrix weights, FloatRows x, FloatRows y, GemmMode mode = GemmMode.Store)
    {
        StartBatch().Add(weights, x, y, mode);
        MultiplyBatch();
    }

    /// <summary>Rounds a product's input when the format says so.</summary>
    public void RoundInput(Span<float> row)
    {
        if (RoundsInputs)
            Bf16.RoundForDots(row);
    }

    /// <summary>y = RMSNorm(x) of every row, ready to be a product's input.</summary>
    /// <param name="x">Rows.</param>
    /// <param name="scale">1 + w.</param>
    /// <param name="y">The result.</param>
    public void Norm(FloatRows x, float[] scale, FloatRows y) =>
        Team.Run(x.Count, new NormJob { Context = this, X = x, Scale = scale, Y = y });

    public void Dispose()
    {
        _batch.Dispose();
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
