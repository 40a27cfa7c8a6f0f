namespace Platform.Engine;

/// <summary>Rows that take the place of a sequence's placeholder embeddings: the vision tower's output. Immutable and shareable.</summary>
public sealed class MediaEmbeddings
{
    private readonly int[] _indices;
    private readonly float[] _rows;

    /// <summary>Takes ownership of both arrays.</summary>
    /// <param name="indices">Sequence indices of the placeholders, ascending.</param>
    /// <param name="rows">One row of <paramref name="width"/> values per index, in the same order.</param>
    /// <param name="width">The text model's hidden size.</param>
    /// <exception cref="ArgumentException">The counts differ, or the indices do not ascend.</exception>
    public MediaEmbeddings(int[] indices, float[] rows, int width)
    {
        if (rows.Length != (long)indices.Length * width)
        {
            throw new ArgumentException(
                $"{indices.Length} placeholders need {(long)indices.Length * width} values (width {width}) but {rows.Length} were given. " +
                "Expand every placeholder to its picture's merged patch count.", nameof(rows));
        }

        for (var i = 1; i < indices.Length; i++)
        {
            if (indices[i] <= indices[i - 1])
                throw new ArgumentException($"Placeholder indices must ascend, but {indices[i]} follows {indices[i - 1]}.", nameof(indices));
        }

        _indices = indices;
        _rows = rows;
        Width = width;
    }

    /// <summary>Values in a row.</summary>
    public int Width { get; }

    /// <summary>Placeholders with a row.</summary>
    public int Count => _indices.Length;

    /// <summary>The sequence index of the n-th placeholder.</summary>
    public int IndexOf(int placeholder) => _indices[placeholder];

    /// <summary>The row of a sequence index, or empty when it is an ordinary token.</summary>
    public ReadOnlySpan<float> Row(int sequenceIndex)
    {
        var found = Array.BinarySearch(_indices, sequenceIndex);
        return found < 0 ? [] : _rows.AsSpan(found * Width, Width);
    }
}
