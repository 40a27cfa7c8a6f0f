using System.Numerics;
using System.Runtime.InteropServices;

namespace Platform.Model;

/// <summary>From stored floating-point types to float32, exactly.</summary>
internal static class FloatWidening
{
    private const int ChunkElements = 8192;

    /// <summary>Value of each e4m3 code: bias 7, no infinity, 0x7F and 0xFF are NaN, subnormal step 2^-9.</summary>
    private static readonly float[] E4M3Values = [.. Enumerable.Range(0, 256).Select(code => DecodeE4M3((byte)code))];

    public static ReadOnlySpan<float> E4M3 => E4M3Values;

    /// <summary>Reads elements of an F32, F16 or BF16 tensor.</summary>
    /// <exception cref="CheckpointException">The tensor is of another type.</exception>
    public static void Read(SafetensorsFile file, TensorEntry entry, long firstElement, Span<float> destination)
    {
        switch (entry.Type)
        {
            case TensorType.F32:
                file.Read(entry, firstElement * sizeof(float), MemoryMarshal.AsBytes(destination));
                break;
            case TensorType.BF16 or TensorType.F16:
                ReadHalves(file, entry, firstElement, destination);
                break;
            default:
                throw SafetensorsFile.WrongType(entry, "F32, F16 or BF16");
        }
    }

    /// <summary>BF16 is the upper half of a float32.</summary>
    public static void WidenBF16(ReadOnlySpan<ushort> source, Span<float> destination)
    {
        var i = 0;
        for (; i <= source.Length - Vector<ushort>.Count; i += Vector<ushort>.Count)
        {
            Vector.Widen(new Vector<ushort>(source[i..]), out var low, out var high);
            (low << 16).As<uint, float>().CopyTo(destination[i..]);
            (high << 16).As<uint, float>().CopyTo(destination[(i + Vector<uint>.Count)..]);
        }

        for (; i < source.Length; i++)
            destination[i] = BitConverter.UInt32BitsToSingle((uint)source[i] << 16);
    }

    private static void ReadHalves(SafetensorsFile file, TensorEntry entry, long firstElement, Span<float> destination)
    {
        Span<ushort> chunk = stackalloc ushort[Math.Min(ChunkElements, destination.Length)];
        for (var done = 0; done < destination.Length; done += ChunkElements)
        {
            var part = chunk[..Math.Min(ChunkElements, destination.Length - done)];
            file.Read(entry, (firstElement + done) * sizeof(ushort), MemoryMarshal.AsBytes(part));
            if (entry.Type == TensorType.BF16)
            {
                WidenBF16(part, destination[done..]);
                continue;
            }

            for (var i = 0; i < part.Length; i++)
                destination[done + i] = (float)BitConverter.UInt16BitsToHalf(part[i]);
        }
    }

    private static float DecodeE4M3(byte code)
    {
        var exponent = (code >> 3) & 0xF;
        var mantissa = code & 7;
        var magnitude = (exponent, mantissa) switch
        {
            (0xF, 7) => float.NaN,
            (0, _) => mantissa * MathF.ScaleB(1, -9),
            _ => MathF.ScaleB(8 + mantissa, exponent - 10),
        };
        return (code & 0x80) != 0 ? -magnitude : magnitude;
    }
}
