namespace Platform.Kernels.Tests;

/// <summary>A small native matrix for tests, its rows a little apart so that a kernel that ignores the stride is caught.</summary>
internal sealed class Matrix : IDisposable
{
    private readonly NativeBuffer _memory;

    public Matrix(int rows, int width, int padding = 3)
    {
        _memory = new NativeBuffer((long)Math.Max(rows, 1) * (width + padding) * sizeof(float));
        Rows = _memory.Rows(0, rows, width, width + padding);
    }

    public FloatRows Rows { get; }

    public static Matrix Random(int rows, int width, int seed, int padding = 3)
    {
        var matrix = new Matrix(rows, width, padding);
        var random = new Random(seed);
        for (var row = 0; row < rows; row++)
            Fill(random, matrix.Rows[row]);
        return matrix;
    }

    public static float[] RandomVector(int width, int seed)
    {
        var values = new float[width];
        Fill(new Random(seed), values);
        return values;
    }

    /// <summary>The bits of every value, row by row.</summary>
    public int[] Bits()
    {
        var bits = new List<int>();
        for (var row = 0; row < Rows.Count; row++)
            bits.AddRange(BitsOf(Rows[row]));
        return [.. bits];
    }

    public static int[] BitsOf(ReadOnlySpan<float> values)
    {
        var bits = new int[values.Length];
        for (var i = 0; i < bits.Length; i++)
            bits[i] = BitConverter.SingleToInt32Bits(values[i]);
        return bits;
    }

    public void Dispose() => _memory.Dispose();

    private static void Fill(Random random, Span<float> values)
    {
        foreach (ref var value in values)
            value = (random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-6, 3));
    }
}
