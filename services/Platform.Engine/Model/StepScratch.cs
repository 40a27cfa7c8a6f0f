using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>The intermediate rows of a step, reserved once for the largest step. One part's rows reuse another's memory.</summary>
internal sealed class StepScratch : IDisposable
{
    private readonly NativeBuffer _residual;
    private readonly NativeBuffer _normed;
    private readonly int _hidden;

    public StepScratch(TextConfig config, int maxRows)
    {
        _hidden = config.HiddenSize;
        _residual = new NativeBuffer((long)maxRows * _hidden * sizeof(float));
        _normed = new NativeBuffer((long)maxRows * _hidden * sizeof(float));
        Parts = new NativeBuffer(PartFloats(config, maxRows) * sizeof(float));
    }

    /// <summary>What the layer part at work lays out as it likes.</summary>
    public NativeBuffer Parts { get; }

    public FloatRows Residual(int rows) => _residual.Rows(0, rows, _hidden, _hidden);

    public FloatRows Normed(int rows) => _normed.Rows(0, rows, _hidden, _hidden);

    /// <summary>Bytes that a step of <paramref name="maxRows"/> rows needs.</summary>
    public static long Bytes(TextConfig config, int maxRows) =>
        (PartFloats(config, maxRows) + 2L * maxRows * config.HiddenSize) * sizeof(float);

    public void Dispose()
    {
        _residual.Dispose();
        _normed.Dispose();
        Parts.Dispose();
    }

    private static long PartFloats(TextConfig config, int maxRows)
    {
        var feedForward = config.IsMoe ? SparseMoe.ScratchFloats(maxRows, config) : DenseMlp.ScratchFloats(maxRows, config.IntermediateSize);
        var mixer = Math.Max(GatedAttention.ScratchFloats(maxRows, config), GatedDeltaNet.ScratchFloats(maxRows, config));
        return Math.Max(Math.Max(mixer, feedForward), MtpHead.ScratchFloats(maxRows, config));
    }
}
