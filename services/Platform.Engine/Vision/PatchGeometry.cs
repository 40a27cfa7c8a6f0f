using Platform.Kernels;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Engine;

/// <summary>Where the patches of one temporal patch lie: merge block after merge block, rows in a block, columns in a row.</summary>
internal sealed class PatchGeometry(MediaGrid grid, int merge)
{
    private const double RotaryBase = 10000;

    /// <summary>Row and column of a patch in the picture.</summary>
    public (int Row, int Column) Of(int patch)
    {
        var inBlock = patch % (merge * merge);
        var block = patch / (merge * merge);
        var blocksAcross = grid.W / merge;
        return (block / blocksAcross * merge + inBlock / merge, block % blocksAcross * merge + inBlock % merge);
    }

    /// <summary>The learned position table resampled bilinearly with aligned corners at every patch, [h·w, Wv].</summary>
    /// <param name="table">[side², Wv].</param>
    /// <param name="side">Side of the table.</param>
    /// <param name="target">Receives the rows.</param>
    public void Positions(ReadOnlySpan<float> table, int side, FloatRows target)
    {
        for (var patch = 0; patch < target.Count; patch++)
        {
            var (row, column) = Of(patch);
            var (top, down) = Between(row, grid.H, side);
            var (left, right) = Between(column, grid.W, side);
            var bottom = Math.Min(top + 1, side - 1);
            var far = Math.Min(left + 1, side - 1);
            target[patch].Clear();
            Add(table, top * side + left, (1 - down) * (1 - right), target[patch]);
            Add(table, top * side + far, (1 - down) * right, target[patch]);
            Add(table, bottom * side + left, down * (1 - right), target[patch]);
            Add(table, bottom * side + far, down * right, target[patch]);
        }
    }

    /// <summary>The rotary angles of every patch, [h·w, D/2]: its row times the frequencies, then its column times them.</summary>
    public void Angles(int headDim, FloatRows target)
    {
        var count = headDim / 4;
        for (var i = 0; i < count; i++)
        {
            var frequency = (float)(1 / PreciseFunctions.Pow(RotaryBase, 2.0 * i / (headDim / 2)));
            for (var patch = 0; patch < target.Count; patch++)
            {
                var (row, column) = Of(patch);
                target[patch][i] = row * frequency;
                target[patch][count + i] = column * frequency;
            }
        }
    }

    /// <summary>Refuses a grid that the merger cannot cut into whole blocks.</summary>
    public static void Check(MediaGrid grid, VisionConfig config, int maxPatches)
    {
        var merge = config.SpatialMergeSize;
        if (grid.T <= 0 || grid.H <= 0 || grid.W <= 0 || grid.H % merge != 0 || grid.W % merge != 0)
        {
            throw new ArgumentException(
                $"A grid of {grid.T}x{grid.H}x{grid.W} patches cannot be merged {merge} by {merge}. " +
                "Resize to multiples of the patch times the merge size.");
        }

        if ((long)grid.H * grid.W > maxPatches)
        {
            throw new ArgumentException(
                $"A picture of {grid.H}x{grid.W} patches is beyond the {maxPatches} this tower takes. Lower max_pixels or raise MaxPatches.");
        }
    }

    private static (int Index, float Fraction) Between(int position, int count, int side)
    {
        if (count == 1)
            return (0, 0);
        var at = (float)position * (side - 1) / (count - 1);
        return ((int)at, at - (int)at);
    }

    private static void Add(ReadOnlySpan<float> table, int index, float weight, Span<float> target) =>
        ElementwiseRows.AddScaled(target, table.Slice(index * target.Length, target.Length), weight);
}
