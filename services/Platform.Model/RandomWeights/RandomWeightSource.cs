using System.Runtime.InteropServices;

namespace Platform.Model;

/// <summary>Draws each weight of a random checkpoint and gives its bytes in file order, a bounded chunk at a time.</summary>
internal sealed class RandomWeightSource
{
    private const int ChunkElements = 1 << 20;
    private const int TaskElements = 1 << 16;
    private const int Block = 128;

    private readonly RandomCheckpointOptions _options;
    private readonly float[] _values = new float[ChunkElements];
    private readonly ushort[] _halves = new ushort[ChunkElements];

    public RandomWeightSource(RandomCheckpointOptions options)
    {
        _options = options;
    }

    /// <summary>Takes the next bytes of the weight, or of the scales that follow it.</summary>
    public delegate void ByteSink(ReadOnlySpan<byte> bytes);

    public void Write(PlannedWeight weight, ByteSink sink)
    {
        if (weight.IsFp8)
            WriteFp8(weight.Spec, sink);
        else
            WriteFloats(weight.Spec, weight.Declarations[0], sink);
    }

    private void WriteFloats(TensorSpec spec, TensorDeclaration declaration, ByteSink sink)
    {
        var count = declaration.ElementCount;
        for (var done = 0L; done < count; done += ChunkElements)
        {
            var part = (int)Math.Min(ChunkElements, count - done);
            FillInParallel(spec, done, part);
            if (declaration.Type == TensorType.F32)
            {
                sink(MemoryMarshal.AsBytes(_values.AsSpan(0, part)));
                continue;
            }

            for (var i = 0; i < part; i++)
                _halves[i] = BF16Rounding.Round(_values[i]);
            sink(MemoryMarshal.AsBytes(_halves.AsSpan(0, part)));
        }
    }

    private void FillInParallel(TensorSpec spec, long first, int count)
    {
        var tasks = (count + TaskElements - 1) / TaskElements;
        if (tasks == 1)
        {
            Fill(spec, first, _values.AsSpan(0, count));
            return;
        }

        Parallel.For(0, tasks, task =>
        {
            var offset = task * TaskElements;
            Fill(spec, first + offset, _values.AsSpan(offset, Math.Min(TaskElements, count - offset)));
        });
    }

    private void Fill(TensorSpec spec, long first, Span<float> destination)
    {
        var random = new RandomValues(_options.Seed, spec.Name);
        switch (spec.Role)
        {
            case TensorRole.ZeroCentredNorm or TensorRole.Bias:
                destination.Clear();
                break;
            case TensorRole.PlainNorm or TensorRole.GatedNorm or TensorRole.DecayBias:
                destination.Fill(1);
                break;
            case TensorRole.DecayLog:
                random.LogUniform(first, 0.01, 16, destination);
                break;
            default:
                random.Normal(first, _options.StandardDeviation ?? ScaledDeviation(spec), destination);
                break;
        }
    }

    private static float ScaledDeviation(TensorSpec spec)
    {
        if (spec.Role == TensorRole.Embedding || spec.Name == "lm_head.weight")
            return (float)(2 / Math.Sqrt(spec.Shape[^1]));
        var inputs = spec.Role == TensorRole.FusedExperts ? spec.Shape[^1] : spec.Shape.Skip(1).Aggregate(1L, (product, size) => product * size);
        return (float)(1 / Math.Sqrt(inputs));
    }

    /// <summary>One row of blocks at a time: the largest magnitude of each block becomes 448.</summary>
    private void WriteFp8(TensorSpec spec, ByteSink sink)
    {
        var (rows, columns) = (spec.Shape[0], (int)spec.Shape[1]);
        var values = new float[Block * columns];
        var codes = new byte[Block * columns];
        var blocksPerRow = (int)BlockScales.BlockCount(columns, Block);
        var scales = new ushort[BlockScales.BlockCount(rows, Block) * blocksPerRow];
        for (var row = 0L; row < rows; row += Block)
        {
            var height = (int)Math.Min(Block, rows - row);
            Fill(spec, row * columns, values.AsSpan(0, height * columns));
            for (var block = 0; block < blocksPerRow; block++)
                scales[row / Block * blocksPerRow + block] = QuantizeBlock(values, codes, height, columns, block * Block);
            sink(codes.AsSpan(0, height * columns));
        }

        sink(MemoryMarshal.AsBytes(scales.AsSpan()));
    }

    private static ushort QuantizeBlock(float[] values, byte[] codes, int height, int columns, int left)
    {
        var width = Math.Min(Block, columns - left);
        var largest = 0f;
        for (var row = 0; row < height; row++)
        {
            foreach (var value in values.AsSpan(row * columns + left, width))
                largest = Math.Max(largest, Math.Abs(value));
        }

        var stored = BF16Rounding.Round(largest > 0 ? largest / E4M3Encoder.Largest : 1);
        var scale = BF16Rounding.Widen(stored);
        for (var row = 0; row < height; row++)
        {
            var start = row * columns + left;
            for (var column = start; column < start + width; column++)
                codes[column] = E4M3Encoder.Encode(values[column] / scale);
        }

        return stored;
    }
}
