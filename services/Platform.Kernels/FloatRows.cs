using System.Runtime.CompilerServices;

namespace Platform.Kernels;

/// <summary>
/// A view of a row-major float32 matrix in native memory: <see cref="Count"/> rows of <see cref="Width"/> values, rows
/// <see cref="Stride"/> floats apart. Small enough to pass by value and to keep in a job; owned by the <see cref="NativeBuffer"/> it came from.
/// </summary>
public readonly unsafe struct FloatRows
{
    internal FloatRows(float* pointer, int count, int width, int stride)
    {
        Pointer = pointer;
        Count = count;
        Width = width;
        Stride = stride;
    }

    /// <summary>Rows in the view.</summary>
    public int Count { get; }

    /// <summary>Values in a row.</summary>
    public int Width { get; }

    /// <summary>Floats from one row's start to the next's.</summary>
    public int Stride { get; }

    internal float* Pointer { get; }

    /// <summary>The values of one row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public Span<float> this[int row]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            if ((uint)row >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(row), $"Row {row} is not among the {Count} rows of the view.");
            return new Span<float>(Pointer + (long)row * Stride, Width);
        }
    }

    /// <summary>The rows from <paramref name="start"/>, <paramref name="count"/> of them.</summary>
    public FloatRows Rows(int start, int count)
    {
        if (start < 0 || count < 0 || start + count > Count)
            throw new ArgumentOutOfRangeException(nameof(start), $"Rows {start}..{start + count} are not among the {Count} rows of the view.");
        return new FloatRows(Pointer + (long)start * Stride, count, Width, Stride);
    }

    /// <summary>The columns from <paramref name="start"/>, <paramref name="width"/> of them, of every row.</summary>
    public FloatRows Columns(int start, int width)
    {
        if (start < 0 || width < 0 || start + width > Width)
            throw new ArgumentOutOfRangeException(nameof(start), $"Columns {start}..{start + width} are not among the {Width} columns of the view.");
        return new FloatRows(Pointer + start, Count, width, Stride);
    }

    /// <summary>All values as one span; the rows must touch.</summary>
    /// <exception cref="InvalidOperationException">There is padding between rows.</exception>
    public Span<float> AsSpan()
    {
        if (Stride != Width && Count > 1)
            throw new InvalidOperationException($"Rows of {Width} values lie {Stride} apart and are no single span.");
        return new Span<float>(Pointer, checked(Count * Width));
    }
}
