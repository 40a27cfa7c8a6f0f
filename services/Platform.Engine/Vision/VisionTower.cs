using Platform.Kernels;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Engine;

/// <summary>
/// The vision tower: patches of pictures and clips become rows that take the place of placeholder embeddings. Attention stays within a
/// temporal patch, so each is computed by itself and its rows depend on nothing else.
/// </summary>
/// <remarks>Calls from several threads take turns: one has the whole team. Computes in float32.</remarks>
public sealed class VisionTower : IDisposable
{
    private readonly Lock _turn = new();
    private readonly ModelContext _context;
    private readonly VisionConfig _config;
    private readonly int _maxPatches;
    private readonly BiasedLinear _patchEmbed;
    private readonly float[] _positions;
    private readonly VisionBlock[] _blocks;
    private readonly LayerNorm _mergerNorm;
    private readonly BiasedLinear _merger1;
    private readonly BiasedLinear _merger2;

    private VisionTower(ModelContext context, WeightLoader weights, VisionConfig config, int maxPatches)
    {
        _context = context;
        _config = config;
        _maxPatches = maxPatches;
        _patchEmbed = new BiasedLinear(context, weights, "model.visual.patch_embed.proj");
        _positions = weights.Vector("model.visual.pos_embed.weight");
        _blocks = new VisionBlock[config.Depth];
        for (var b = 0; b < _blocks.Length; b++)
            _blocks[b] = new VisionBlock(context, weights, config, $"model.visual.blocks.{b}");
        _mergerNorm = new LayerNorm(context, weights, "model.visual.merger.norm");
        _merger1 = new BiasedLinear(context, weights, "model.visual.merger.linear_fc1");
        _merger2 = new BiasedLinear(context, weights, "model.visual.merger.linear_fc2");
    }

    /// <summary>The tower's shape.</summary>
    public VisionConfig Config => _config;

    /// <summary>Packs the tower's weights; the checkpoint may be closed afterwards.</summary>
    /// <exception cref="ArgumentException">The checkpoint has no vision tower.</exception>
    public static VisionTower Load(
        Checkpoint checkpoint, VisionTowerOptions options, IProgress<LoadProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        if (checkpoint.Config.Vision is not { } config)
        {
            throw new ArgumentException(
                "The checkpoint has no vision tower; pictures need a conditional-generation one, opened with its vision part.", nameof(checkpoint));
        }

        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxPatches, nameof(options));
        var context = new ModelContext(checkpoint.Config.Text, ComputeFormat.F32, KernelSet.Of(options.Kernels), new WorkerTeam(options.Threads), 1);
        try
        {
            return new VisionTower(context, new WeightLoader(checkpoint, context, progress, cancellationToken), config, options.MaxPatches);
        }
        catch
        {
            context.Dispose();
            throw;
        }
    }

    /// <summary>Embeds pictures and clips.</summary>
    /// <param name="patches">[ΣN, 3·Tp·Ps·Ps]: the items' patches one after the other, in merge-block order.</param>
    /// <param name="grids">Each item's patches along time, height and width.</param>
    /// <param name="tap">Observer of the stages, or null.</param>
    /// <param name="cancellationToken">Ends the work between two blocks.</param>
    /// <returns>[ΣN / merge², H], row-major.</returns>
    /// <exception cref="ArgumentException">The patches do not fit the grids, or a grid does not fit the tower.</exception>
    public float[] Embed(
        ReadOnlySpan<float> patches, IReadOnlyList<MediaGrid> grids, VisionTap? tap = null, CancellationToken cancellationToken = default)
    {
        long total = 0;
        var largest = 1;
        foreach (var grid in grids)
        {
            PatchGeometry.Check(grid, _config, _maxPatches);
            total += grid.Patches;
            largest = Math.Max(largest, grid.H * grid.W);
        }

        if (patches.Length != total * _config.PatchElements)
        {
            throw new ArgumentException(
                $"The grids hold {total} patches of {_config.PatchElements} values but {patches.Length} values were given.", nameof(patches));
        }

        var embeddings = new float[checked((int)(total / (_config.SpatialMergeSize * _config.SpatialMergeSize)) * _config.OutHiddenSize)];
        lock (_turn)
            EmbedAll(patches, grids, largest, embeddings, tap, cancellationToken);
        return embeddings;
    }

    /// <summary>Ends the team and gives the weights back.</summary>
    public void Dispose()
    {
        _patchEmbed.Dispose();
        foreach (var block in _blocks)
            block.Dispose();
        _merger1.Dispose();
        _merger2.Dispose();
        _context.Dispose();
    }

    private void EmbedAll(
        ReadOnlySpan<float> patches,
        IReadOnlyList<MediaGrid> grids,
        int largest,
        float[] embeddings,
        VisionTap? tap,
        CancellationToken cancellationToken)
    {
        using var scratch = new VisionScratch(_context.Team, _config, largest);
        var done = 0;
        foreach (var grid in grids)
        {
            for (var t = 0; t < grid.T; t++)
            {
                var size = grid.H * grid.W;
                var source = patches.Slice(done * _config.PatchElements, size * _config.PatchElements);
                var merged = size / (_config.SpatialMergeSize * _config.SpatialMergeSize);
                var first = done / (_config.SpatialMergeSize * _config.SpatialMergeSize);
                var rows = embeddings.AsSpan(first * _config.OutHiddenSize, merged * _config.OutHiddenSize);
                EmbedOne(source, grid, scratch, rows, tap, cancellationToken);
                done += size;
            }
        }
    }

    private void EmbedOne(
        ReadOnlySpan<float> patches,
        MediaGrid grid,
        VisionScratch scratch,
        Span<float> embeddings,
        VisionTap? tap,
        CancellationToken cancellationToken)
    {
        var size = grid.H * grid.W;
        var x = scratch.Residual(size);
        var pixels = scratch.Wide(size, _config.PatchElements);
        patches.CopyTo(pixels.AsSpan());
        _patchEmbed.Run(pixels, x);
        tap?.Stage("patch_embed", x.Width, x.AsSpan());
        AddPositions(grid, scratch, x, tap);
        for (var b = 0; b < _blocks.Length; b++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            _blocks[b].Run(scratch, x);
            tap?.Stage($"hidden.block{b}", x.Width, x.AsSpan());
        }

        Merge(scratch, x, embeddings, tap);
    }

    private void AddPositions(MediaGrid grid, VisionScratch scratch, FloatRows x, VisionTap? tap)
    {
        var geometry = new PatchGeometry(grid, _config.SpatialMergeSize);
        var positions = scratch.Normed(x.Count);
        geometry.Positions(_positions, _config.PositionGridSide, positions);
        tap?.Stage("pos_embed", positions.Width, positions.AsSpan());
        var angles = scratch.Cos(x.Count);
        geometry.Angles(_config.HeadDim, angles);
        tap?.Stage("rotary_angles", angles.Width, angles.AsSpan());
        var sin = scratch.Sin(x.Count);
        for (var row = 0; row < x.Count; row++)
        {
            ElementwiseRows.Add(x[row], positions[row]);
            for (var i = 0; i < angles.Width; i++)
                (sin[row][i], angles[row][i]) = PreciseFunctions.SinCos(angles[row][i]);
        }
    }

    // The rows of a merge block follow each other, so four normed rows are one row of four times the width.
    private void Merge(VisionScratch scratch, FloatRows x, Span<float> embeddings, VisionTap? tap)
    {
        var normed = scratch.Normed(x.Count);
        _mergerNorm.Run(x, normed);
        tap?.Stage("merger_norm", normed.Width, normed.AsSpan());
        var merged = scratch.Merged(x.Count / (_config.SpatialMergeSize * _config.SpatialMergeSize));
        var hidden = scratch.Wide(merged.Count, _config.MergedSize);
        _merger1.Run(merged, hidden, Activation.GeluExact);
        using var rows = new NativeBuffer((long)embeddings.Length * sizeof(float));
        var output = rows.Rows(0, merged.Count, _config.OutHiddenSize, _config.OutHiddenSize);
        _merger2.Run(hidden, output);
        output.AsSpan().CopyTo(embeddings);
        tap?.Stage("embeds", output.Width, output.AsSpan());
    }
}
