using System.Runtime.InteropServices;
using Platform.Model;

namespace Benchmarks.Peers;

/// <summary>A tensor of the file to be written: one of a checkpoint, or several of the same shape one after another.</summary>
/// <param name="Name">Its name in the file.</param>
/// <param name="Shape">Slowest axis first.</param>
/// <param name="Sources">Where the values come from, in order.</param>
/// <param name="Change">Applied to each value of a float32 tensor; null copies.</param>
internal sealed record GgufTensor(string Name, IReadOnlyList<long> Shape, IReadOnlyList<CheckpointTensor> Sources, Func<float, float>? Change = null)
{
    private const int Chunk = 1 << 20;

    /// <summary>Matrices are BF16; vectors, and what their readers want exact, float32.</summary>
    public bool IsBf16 { get; init; }

    public long Bytes => Shape.Aggregate(1L, (product, size) => product * size) * (IsBf16 ? 2 : 4);

    /// <summary>Writes the values.</summary>
    public void Write(Stream stream)
    {
        foreach (var source in Sources)
        {
            for (long done = 0; done < source.ElementCount; done += Chunk)
                WriteChunk(stream, source, done, (int)Math.Min(Chunk, source.ElementCount - done));
        }
    }

    private void WriteChunk(Stream stream, CheckpointTensor source, long first, int count)
    {
        if (IsBf16)
        {
            var bits = new ushort[count];
            source.ReadRaw(first, bits);
            stream.Write(MemoryMarshal.AsBytes(bits.AsSpan()));
            return;
        }

        var values = new float[count];
        source.ReadFloats(first, values);
        if (Change is { } change)
        {
            foreach (ref var value in values.AsSpan())
                value = change(value);
        }

        stream.Write(MemoryMarshal.AsBytes(values.AsSpan()));
    }
}
