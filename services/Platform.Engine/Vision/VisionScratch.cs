using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>A call's intermediate rows, for temporal patches of up to a number of patches.</summary>
internal sealed class VisionScratch : IDisposable
{
    private readonly VisionConfig _config;
    private readonly NativeBuffer _residual;
    private readonly NativeBuffer _normed;
    private readonly NativeBuffer _wide;
    private readonly NativeBuffer _angles;

    public VisionScratch(WorkerTeam team, VisionConfig config, int maxPatches)
    {
        _config = config;
        var wide = Math.Max(Math.Max(3 * config.HiddenSize, config.IntermediateSize), config.PatchElements);
        _residual = Floats((long)maxPatches * config.HiddenSize);
        _normed = Floats((long)maxPatches * config.HiddenSize);
        _wide = Floats((long)maxPatches * wide);
        _angles = Floats((long)maxPatches * config.HeadDim);
        Attention = new SegmentAttention(team, config.NumHeads, config.HeadDim, maxPatches);
    }

    public SegmentAttention Attention { get; }

    public FloatRows Residual(int rows) => _residual.Rows(0, rows, _config.HiddenSize, _config.HiddenSize);

    public FloatRows Normed(int rows) => _normed.Rows(0, rows, _config.HiddenSize, _config.HiddenSize);

    /// <summary>The normed rows, those of a merge block side by side.</summary>
    public FloatRows Merged(int rows) => _normed.Rows(0, rows, _config.MergedSize, _config.MergedSize);

    public FloatRows Wide(int rows, int width) => _wide.Rows(0, rows, width, width);

    public FloatRows Cos(int rows) => _angles.Rows(0, rows, _config.HeadDim / 2, _config.HeadDim / 2);

    public FloatRows Sin(int rows) => _angles.Rows((long)rows * (_config.HeadDim / 2), rows, _config.HeadDim / 2, _config.HeadDim / 2);

    public void Dispose()
    {
        _residual.Dispose();
        _normed.Dispose();
        _wide.Dispose();
        _angles.Dispose();
        Attention.Dispose();
    }

    private static NativeBuffer Floats(long count) => new(count * sizeof(float));
}
