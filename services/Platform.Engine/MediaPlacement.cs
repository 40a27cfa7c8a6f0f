using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Engine;

/// <summary>Where pictures and clips stand in a prompt: its rotary positions, and which placeholder gets which row.</summary>
public static class MediaPlacement
{
    /// <summary>
    /// The positions of a prompt. Text advances all three rows together; a picture, or one temporal patch of a clip, keeps time constant and
    /// spreads height and width, and the text after it goes on past the larger of the two.
    /// </summary>
    /// <param name="tokens">The prompt, placeholders expanded.</param>
    /// <param name="config">Says which tokens are placeholders and how patches merge.</param>
    /// <param name="pictures">Grids of the pictures in order.</param>
    /// <param name="clips">Grids of the clips in order; each temporal patch has its own run of placeholders.</param>
    /// <exception cref="ArgumentException">Placeholders and grids do not match.</exception>
    public static MropePositions Positions(
        ReadOnlySpan<int> tokens, ModelConfig config, IReadOnlyList<MediaGrid> pictures, IReadOnlyList<MediaGrid> clips)
    {
        if (pictures.Count == 0 && clips.Count == 0)
            return MropePositions.Text;
        var merge = (config.Vision ?? throw new ArgumentException("The model has no vision part.", nameof(config))).SpatialMergeSize;
        var positions = new MropePosition[tokens.Length];
        var nextPicture = 0;
        var frames = new Queue<MediaGrid>(clips.SelectMany(clip => Enumerable.Repeat(clip with { T = 1 }, clip.T)));
        var current = 0;
        for (var i = 0; i < tokens.Length;)
        {
            var isPicture = tokens[i] == config.ImageTokenId;
            if (!isPicture && tokens[i] != config.VideoTokenId)
            {
                positions[i++] = new MropePosition(current, current, current);
                current++;
                continue;
            }

            var grid = isPicture
                ? (nextPicture < pictures.Count ? pictures[nextPicture++] : throw TooMany("picture", pictures.Count))
                : (frames.Count > 0 ? frames.Dequeue() : throw TooMany("clip frame", clips.Sum(clip => clip.T)));
            i = Spread(tokens, i, grid, merge, current, positions);
            current += Math.Max(grid.H, grid.W) / merge;
        }

        if (nextPicture != pictures.Count || frames.Count > 0)
        {
            throw new ArgumentException(
                $"{pictures.Count - nextPicture} pictures and {frames.Count} clip frames have no placeholders in the prompt.", nameof(tokens));
        }

        return MropePositions.FromList(positions);
    }

    /// <summary>Gives every placeholder its row: picture placeholders those of the pictures in order, clip placeholders those of the clips.</summary>
    /// <param name="tokens">The prompt, placeholders expanded.</param>
    /// <param name="config">Says which tokens are placeholders.</param>
    /// <param name="pictureRows">The tower's output for all pictures, [n, H].</param>
    /// <param name="clipRows">The tower's output for all clips, [n, H].</param>
    /// <returns>The rows by sequence index, or null when there is no placeholder.</returns>
    /// <exception cref="ArgumentException">The counts differ.</exception>
    public static MediaEmbeddings? Embeddings(
        ReadOnlySpan<int> tokens, ModelConfig config, ReadOnlySpan<float> pictureRows, ReadOnlySpan<float> clipRows)
    {
        var width = config.Text.HiddenSize;
        var indices = new List<int>();
        var rows = new float[pictureRows.Length + clipRows.Length];
        int pictures = 0, clips = 0;
        for (var i = 0; i < tokens.Length; i++)
        {
            var isPicture = tokens[i] == config.ImageTokenId;
            if (!isPicture && tokens[i] != config.VideoTokenId)
                continue;
            var source = isPicture ? pictureRows : clipRows;
            var index = isPicture ? pictures++ : clips++;
            if ((index + 1) * width > source.Length)
                throw Mismatch(isPicture ? "picture" : "clip", "more", source.Length / width);
            source.Slice(index * width, width).CopyTo(rows.AsSpan(indices.Count * width));
            indices.Add(i);
        }

        if (pictures * width != pictureRows.Length)
            throw Mismatch("picture", $"{pictures}", pictureRows.Length / width);
        if (clips * width != clipRows.Length)
            throw Mismatch("clip", $"{clips}", clipRows.Length / width);
        return indices.Count == 0 ? null : new MediaEmbeddings([.. indices], rows, width);
    }

    private static int Spread(ReadOnlySpan<int> tokens, int start, MediaGrid grid, int merge, int current, MropePosition[] positions)
    {
        int rows = grid.H / merge, columns = grid.W / merge;
        for (var n = 0; n < grid.T * rows * columns; n++)
        {
            if (start + n >= tokens.Length || tokens[start + n] != tokens[start])
            {
                throw new ArgumentException(
                    $"A picture of {grid.T}x{grid.H}x{grid.W} patches needs {grid.T * rows * columns} placeholders " +
                    $"but the prompt has {n} in a row at {start}. Expand the placeholder first.",
                    nameof(tokens));
            }

            var inFrame = n % (rows * columns);
            positions[start + n] = new MropePosition(current, current + inFrame / columns, current + inFrame % columns);
        }

        return start + grid.T * rows * columns;
    }

    private static ArgumentException TooMany(string what, int given) =>
        new($"The prompt has placeholders for more than the {given} {what}s given.");

    private static ArgumentException Mismatch(string what, string placeholders, int rows) =>
        new($"The prompt has {placeholders} {what} placeholders but the vision tower gave {rows} rows. " +
            "Expand each placeholder to its merged patch count.");
}
