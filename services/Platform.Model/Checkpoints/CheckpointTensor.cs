using System.Runtime.InteropServices;

namespace Platform.Model;

/// <summary>A weight of a checkpoint, or one expert's part of a fused one. Valid while the checkpoint is open; reads may come from any thread.</summary>
public sealed class CheckpointTensor
{
    private readonly SafetensorsFile _file;
    private readonly TensorEntry _entry;
    private readonly long _firstElement;
    private readonly BlockScales? _scales;

    internal CheckpointTensor(string name, SafetensorsFile file, TensorEntry entry, BlockScales? scales)
        : this(name, file, entry, scales, entry.Shape, 0)
    {
    }

    private CheckpointTensor(string name, SafetensorsFile file, TensorEntry entry, BlockScales? scales, IReadOnlyList<long> shape, long firstElement)
    {
        Name = name;
        Shape = shape;
        _file = file;
        _entry = entry;
        _scales = scales;
        _firstElement = firstElement;
        ElementCount = TensorShape.ElementCount(shape)!.Value;
    }

    /// <summary>Canonical name; for an expert of a fused tensor, that tensor's name and the expert's part in brackets.</summary>
    public string Name { get; }

    /// <summary>How it is stored: F32, F16, BF16 or F8E4M3.</summary>
    public TensorType Type => _entry.Type;

    /// <summary>Row-major.</summary>
    public IReadOnlyList<long> Shape { get; }

    public long ElementCount { get; }

    /// <summary>Whether the elements are FP8 codes with block scales.</summary>
    public bool IsQuantized => _scales is not null;

    /// <summary>Reads elements as float32: exact for F32, F16 and BF16; code times block scale for FP8.</summary>
    /// <param name="firstElement">First element in row-major order.</param>
    /// <param name="destination">Filled completely; must not reach past the last element.</param>
    /// <exception cref="CheckpointException">An FP8 code is NaN.</exception>
    public void ReadFloats(long firstElement, Span<float> destination)
    {
        CheckRange(firstElement, destination.Length);
        if (_scales is null)
            FloatWidening.Read(_file, _entry, _firstElement + firstElement, destination);
        else
            _scales.Read(_file, _entry, Name, _firstElement + firstElement, destination);
    }

    /// <summary>Reads a BF16 tensor's bits.</summary>
    /// <param name="firstElement">First element in row-major order.</param>
    /// <param name="destination">Filled completely; must not reach past the last element.</param>
    /// <exception cref="CheckpointException">The tensor is not stored as BF16.</exception>
    public void ReadRaw(long firstElement, Span<ushort> destination)
    {
        if (Type != TensorType.BF16)
            throw SafetensorsFile.WrongType(_entry, "BF16, to be read without widening");
        CheckRange(firstElement, destination.Length);
        _file.Read(_entry, (_firstElement + firstElement) * sizeof(ushort), MemoryMarshal.AsBytes(destination));
    }

    /// <summary>The whole tensor as float32, for one small enough for an array.</summary>
    /// <exception cref="CheckpointException">An FP8 code is NaN.</exception>
    public float[] ToFloats()
    {
        var values = new float[checked((int)ElementCount)];
        ReadFloats(0, values);
        return values;
    }

    /// <summary>Rows of one matrix of a stack, as a tensor of its own.</summary>
    internal CheckpointTensor Slice(string part, long firstRow, long rows)
    {
        var columns = _entry.Shape[^1];
        return new CheckpointTensor($"{Name}[{part}]", _file, _entry, null, [rows, columns], firstRow * columns);
    }

    internal void ReadSample(long firstByte, Span<byte> destination) => _file.ReadSample(_entry, firstByte, destination);

    private void CheckRange(long firstElement, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(firstElement);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstElement, ElementCount - count);
    }
}
