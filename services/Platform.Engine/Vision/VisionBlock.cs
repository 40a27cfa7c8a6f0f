using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>One block of the tower: x += proj(attention(norm₁ x)); x += fc₂(GELU(fc₁(norm₂ x))), with biases and LayerNorms.</summary>
internal sealed class VisionBlock : IDisposable
{
    private readonly ModelContext _context;
    private readonly VisionConfig _config;
    private readonly LayerNorm _norm1;
    private readonly LayerNorm _norm2;
    private readonly BiasedLinear _qkv;
    private readonly BiasedLinear _projection;
    private readonly BiasedLinear _fc1;
    private readonly BiasedLinear _fc2;

    public VisionBlock(ModelContext context, WeightLoader weights, VisionConfig config, string prefix)
    {
        _context = context;
        _config = config;
        _norm1 = new LayerNorm(context, weights, $"{prefix}.norm1");
        _norm2 = new LayerNorm(context, weights, $"{prefix}.norm2");
        _qkv = new BiasedLinear(context, weights, $"{prefix}.attn.qkv");
        _projection = new BiasedLinear(context, weights, $"{prefix}.attn.proj");
        _fc1 = new BiasedLinear(context, weights, $"{prefix}.mlp.linear_fc1");
        _fc2 = new BiasedLinear(context, weights, $"{prefix}.mlp.linear_fc2");
    }

    public void Run(VisionScratch scratch, FloatRows x)
    {
        var normed = scratch.Normed(x.Count);
        _norm1.Run(x, normed);
        var projected = scratch.Wide(x.Count, 3 * _config.HiddenSize);
        _qkv.Run(normed, projected);
        _context.Team.Run(x.Count, new TurnJob { Config = _config, Projected = projected, Cos = scratch.Cos(x.Count), Sin = scratch.Sin(x.Count) });
        scratch.Attention.Run(projected, 1f / MathF.Sqrt(_config.HeadDim), normed);
        _projection.AddTo(normed, x);

        _norm2.Run(x, normed);
        var hidden = scratch.Wide(x.Count, _config.IntermediateSize);
        _fc1.Run(normed, hidden, Activation.GeluTanh);
        _fc2.AddTo(hidden, x);
    }

    public void Dispose()
    {
        _qkv.Dispose();
        _projection.Dispose();
        _fc1.Dispose();
        _fc2.Dispose();
    }

    /// <summary>Per patch: turn queries and keys of every head by its angles.</summary>
    private struct TurnJob : ITeamJob
    {
        public VisionConfig Config;
        public FloatRows Projected;
        public FloatRows Cos;
        public FloatRows Sin;

        public readonly void Run(int task, int worker)
        {
            for (var head = 0; head < 2 * Config.NumHeads; head++)
                Rotary.Rotate(Projected[task].Slice(head * Config.HeadDim, Config.HeadDim), Cos[task], Sin[task]);
        }
    }
}
