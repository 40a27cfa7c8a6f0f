namespace Platform.Model;

/// <summary>The scales of an FP8 matrix: one per block, blocks counted from the top-left corner, partial ones at the right and bottom edges.</summary>
internal sealed class BlockScales
{
    private const int ChunkElements = 8192;

    private readonly float[] _scales;
    private readonly long _columns;
    private readonly long _blocksPerRow;
    private readonly QuantizationConfig _blocks;

    /// <param name="scales">[ceil(rows / block rows), ceil(columns / block columns)], finite and not negative.</param>
    /// <param name="columns">Columns of the matrix.</param>
    /// <param name="blocks">The block's size.</param>
    public BlockScales(float[] scales, long columns, QuantizationConfig blocks)
    {
        _scales = scales;
        _columns = columns;
        _blocks = blocks;
        _blocksPerRow = BlockCount(columns, blocks.BlockColumns);
    }

    public static long BlockCount(long elements, int blockElements) => (elements + blockElements - 1) / blockElements;

    /// <summary>Reads a stretch of the matrix in row-major order, each code times its block's scale.</summary>
    /// <exception cref="CheckpointException">A code is NaN.</exception>
    public void Read(SafetensorsFile file, TensorEntry entry, string name, long firstElement, Span<float> destination)
    {
        Span<byte> chunk = stackalloc byte[Math.Min(ChunkElements, destination.Length)];
        for (var done = 0; done < destination.Length; done += ChunkElements)
        {
            var part = chunk[..Math.Min(ChunkElements, destination.Length - done)];
            file.Read(entry, firstElement + done, part);
            Dequantize(part, name, firstElement + done, destination.Slice(done, part.Length));
        }
    }

    private void Dequantize(ReadOnlySpan<byte> codes, string name, long firstElement, Span<float> destination)
    {
        for (var done = 0; done < codes.Length;)
        {
            var (row, column) = Math.DivRem(firstElement + done, _columns);
            var blockColumn = column / _blocks.BlockColumns;
            var blockEnd = Math.Min(_columns, (blockColumn + 1) * _blocks.BlockColumns);
            var count = (int)Math.Min(codes.Length - done, blockEnd - column);
            var scale = _scales[row / _blocks.BlockRows * _blocksPerRow + blockColumn];
            if (!Scale(codes.Slice(done, count), scale, destination[done..]))
                throw NotANumber(name, row, column);
            done += count;
        }
    }

    private static bool Scale(ReadOnlySpan<byte> codes, float scale, Span<float> destination)
    {
        var values = FloatWidening.E4M3;
        var clean = true;
        for (var i = 0; i < codes.Length; i++)
        {
            destination[i] = values[codes[i]] * scale;
            clean &= (codes[i] & 0x7F) != 0x7F;
        }

        return clean;
    }

    private static CheckpointException NotANumber(string name, long row, long column) =>
        new(new CheckpointProblem(
            CheckpointProblemKind.Value,
            name,
            $"an FP8 code that is NaN in the block stretch from row {row}, column {column}",
            "numbers",
            "The file is damaged; fetch it again."));
}
