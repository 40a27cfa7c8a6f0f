using Platform.Kernels;

namespace Platform.Engine;

/// <summary>The dense feed-forward: down( SiLU(gate(x)) ⊙ up(x) ).</summary>
internal sealed class DenseMlp : IFeedForward
{
    private readonly ModelContext _context;
    private readonly PackedMatrix _gateUp;
    private readonly PackedMatrix _down;
    private readonly NativeBuffer _scratch;
    private readonly int _width;

    public DenseMlp(ModelContext context, WeightLoader weights, string prefix, NativeBuffer scratch)
    {
        _context = context;
        _width = context.Config.IntermediateSize;
        _gateUp = weights.Pack(weights.Checkpoint.Get($"{prefix}.gate_proj.weight"), weights.Checkpoint.Get($"{prefix}.up_proj.weight"));
        _down = weights.Pack($"{prefix}.down_proj.weight");
        _scratch = scratch;
    }

    /// <summary>Scratch floats that <paramref name="rows"/> rows need.</summary>
    public static long ScratchFloats(int rows, int width) => (long)rows * width * 3;

    public void Run(StepContext step, int layer, FloatRows x, FloatRows residual)
    {
        var gateUp = _scratch.Rows(0, x.Count, 2 * _width, 2 * _width);
        var activated = _scratch.Rows(2L * _width * x.Count, x.Count, _width, _width);
        _context.Multiply(_gateUp, x, gateUp);
        _context.Team.Run(x.Count, new ActivationJob { Context = _context, GateUp = gateUp, Activated = activated });
        _context.Multiply(_down, activated, residual, GemmMode.AddTo);
    }

    public void Dispose()
    {
        _gateUp.Dispose();
        _down.Dispose();
    }
}
