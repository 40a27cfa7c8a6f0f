namespace Platform.Model.Pictures;

/// <summary>Normalises resized frames and cuts them into the rows of the vision tower.</summary>
/// <remarks>Rows run over (time, block row, block column, row in block, column in block), so that the rows of one token are neighbours;
/// inside a row: channel, frame, y, x.</remarks>
public static class PatchCutter
{
    /// <summary>Cuts a clip; a still picture is a clip of one frame. The last frame repeats until the temporal patch is full.</summary>
    /// <param name="frames">At least one, all of one size, both sides multiples of <see cref="PatchSettings.Factor"/>.</param>
    /// <param name="settings">Patch sizes and normalisation.</param>
    /// <returns>The values [grid patches, <see cref="PatchSettings.PatchValues"/>] and the grid.</returns>
    public static (float[] Values, MediaGrid Grid) Cut(IReadOnlyList<RgbImage> frames, PatchSettings settings)
    {
        ArgumentNullException.ThrowIfNull(frames);
        ArgumentNullException.ThrowIfNull(settings);
        var (height, width) = (frames[0].Height, frames[0].Width);
        if (height % settings.Factor != 0 || width % settings.Factor != 0)
            throw new ArgumentException($"{width}x{height} pixels do not divide into blocks of {settings.Factor}.", nameof(frames));
        if (frames.Any(frame => frame.Height != height || frame.Width != width))
            throw new ArgumentException("Frames of different sizes cannot be one clip.", nameof(frames));

        var grid = GridOf(frames, settings);
        var values = GC.AllocateUninitializedArray<float>(checked(grid.Patches * settings.PatchValues));
        var normalised = NormalisedSamples(settings);
        var row = 0;
        for (var t = 0; t < grid.T; t++)
        {
            foreach (var (patchRow, patchColumn) in BlockOrder(grid, settings.MergeSize))
            {
                var output = values.AsSpan(row++ * settings.PatchValues, settings.PatchValues);
                CutPatch(frames, t, patchRow, patchColumn, settings, normalised, output);
            }
        }

        return (values, grid);
    }

    internal static MediaGrid GridOf(IReadOnlyList<RgbImage> frames, PatchSettings settings) => new(
        (frames.Count + settings.TemporalPatchSize - 1) / settings.TemporalPatchSize,
        frames[0].Height / settings.PatchSize,
        frames[0].Width / settings.PatchSize);

    private static IEnumerable<(int Row, int Column)> BlockOrder(MediaGrid grid, int merge)
    {
        for (var blockRow = 0; blockRow < grid.H; blockRow += merge)
        {
            for (var blockColumn = 0; blockColumn < grid.W; blockColumn += merge)
            {
                for (var inBlock = 0; inBlock < merge * merge; inBlock++)
                    yield return (blockRow + inBlock / merge, blockColumn + inBlock % merge);
            }
        }
    }

    private static void CutPatch(
        IReadOnlyList<RgbImage> frames, int t, int patchRow, int patchColumn, PatchSettings settings, float[][] normalised, Span<float> output)
    {
        var (size, depth) = (settings.PatchSize, settings.TemporalPatchSize);
        for (var inPatch = 0; inPatch < depth; inPatch++)
        {
            var frame = frames[Math.Min(t * depth + inPatch, frames.Count - 1)];
            for (var y = 0; y < size; y++)
            {
                var from = ((patchRow * size + y) * frame.Width + patchColumn * size) * 3;
                var samples = frame.Pixels.AsSpan(from, size * 3);
                for (var channel = 0; channel < 3; channel++)
                {
                    var line = output.Slice(((channel * depth + inPatch) * size + y) * size, size);
                    for (var x = 0; x < size; x++)
                        line[x] = normalised[channel][samples[x * 3 + channel]];
                }
            }
        }
    }

    /// <summary>The normalised value of each of the 256 samples, per channel: (v/255 − mean) / std, in float64 and rounded once.</summary>
    private static float[][] NormalisedSamples(PatchSettings settings) =>
        [.. Enumerable.Range(0, 3).Select(channel => Enumerable.Range(0, 256)
            .Select(sample => (float)((sample - settings.Mean[channel] * 255) / (settings.Std[channel] * 255)))
            .ToArray())];
}
