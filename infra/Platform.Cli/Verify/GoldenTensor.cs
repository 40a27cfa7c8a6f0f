using System.Runtime.InteropServices;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>A tensor of a golden file, or one computed to be compared with it: floats or integers, with a shape.</summary>
internal sealed record GoldenTensor(IReadOnlyList<long> Shape, float[]? Floats, long[]? Integers)
{
    public string ShapeText => $"[{string.Join(", ", Shape)}]";

    public static GoldenTensor Of(float[] values, params long[] shape) => new(shape, values, null);

    public static GoldenTensor Of(long[] values, params long[] shape) => new(shape, null, values);

    /// <summary>Reads a tensor, widening BF16 and U8.</summary>
    public static GoldenTensor Read(SafetensorsFile file, string name)
    {
        var entry = file.Entry(name);
        var bytes = new byte[entry.ByteLength];
        file.Read(entry, 0, bytes);
        return entry.Type switch
        {
            TensorType.F32 => new GoldenTensor(entry.Shape, MemoryMarshal.Cast<byte, float>(bytes).ToArray(), null),
            TensorType.BF16 => new GoldenTensor(entry.Shape, Widen(MemoryMarshal.Cast<byte, ushort>(bytes)), null),
            TensorType.I64 => new GoldenTensor(entry.Shape, null, MemoryMarshal.Cast<byte, long>(bytes).ToArray()),
            TensorType.U8 => new GoldenTensor(entry.Shape, null, Array.ConvertAll(bytes, value => (long)value)),
            _ => throw new InvalidDataException($"The golden tensor '{name}' is {entry.Type}; goldens are F32, BF16, I64 or U8."),
        };
    }

    /// <summary>The integers as 32-bit ones.</summary>
    public int[] ToInts() => Array.ConvertAll(
        Integers ?? throw new InvalidDataException("A golden tensor of floats stands where integers belong."), value => checked((int)value));

    private static float[] Widen(ReadOnlySpan<ushort> bits)
    {
        var values = new float[bits.Length];
        Kernels.Bf16.ToFloats(bits, values);
        return values;
    }
}
