using System.Buffers;
using System.Runtime.InteropServices;

namespace Platform.Kernels;

/// <summary>
/// A weight matrix [outputs, inputs] in the order the matrix product reads it: panels of 16 output rows, inside a panel two inputs after
/// two inputs, the 16 outputs in the lanes. Immutable once packed; owner of its memory.
/// </summary>
/// <remarks>
/// F32: [panel][input][16]. BF16: [panel][input / 2][16][2], so a 32-bit lane holds two neighbouring inputs of one output and one load widens
/// into two vectors; the first input is in the low half. BF16Dot: the same with the first input in the high half, which the processor's dot
/// product of pairs adds first. INT8 and INT4: <see cref="BlockLayout"/>. Missing outputs of the last panel and the missing partner of a last
/// odd input are zero.
/// </remarks>
public sealed unsafe class PackedMatrix : IDisposable
{
    /// <summary>Output rows in a panel: the lanes of a vector.</summary>
    public const int PanelRows = 16;

    private readonly NativeBuffer _memory;

    /// <summary>Reserves a zero matrix; fill it row by row.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A dimension is not positive.</exception>
    public PackedMatrix(int outputs, int inputs, PanelStorage storage)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        Outputs = outputs;
        Inputs = inputs;
        Storage = storage;
        _memory = new NativeBuffer(BytesFor(outputs, inputs, storage));
    }

    /// <summary>A matrix over memory that holds it packed already, such as a view of a <see cref="MappedFile"/>. Takes the buffer over.</summary>
    /// <exception cref="ArgumentException">The buffer has not the size of such a matrix.</exception>
    public PackedMatrix(int outputs, int inputs, PanelStorage storage, NativeBuffer packed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(outputs);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(inputs);
        if (packed.Bytes != BytesFor(outputs, inputs, storage))
            throw new ArgumentException($"{packed.Bytes} bytes are no {storage} matrix [{outputs}, {inputs}], which has {BytesFor(outputs, inputs, storage)}.");
        Outputs = outputs;
        Inputs = inputs;
        Storage = storage;
        _memory = packed;
    }

    /// <summary>Output rows (N).</summary>
    public int Outputs { get; }

    /// <summary>Inputs (K).</summary>
    public int Inputs { get; }

    /// <summary>Element type.</summary>
    public PanelStorage Storage { get; }

    /// <summary>Panels, the last one perhaps partly filled.</summary>
    public int Panels => (Outputs + PanelRows - 1) / PanelRows;

    /// <summary>Bytes of the packed form.</summary>
    public long Bytes => _memory.Bytes;

    internal long PanelBytes => PanelBytesFor(Inputs, Storage);

    internal byte* Pointer => _memory.Pointer;

    /// <summary>Bytes that a matrix takes when packed.</summary>
    public static long BytesFor(int outputs, int inputs, PanelStorage storage) =>
        (outputs + PanelRows - 1) / PanelRows * PanelBytesFor(inputs, storage);

    /// <summary>Writes one output's weights, rounded or quantised as the storage wants.</summary>
    /// <param name="output">The output row.</param>
    /// <param name="weights">[inputs].</param>
    public void PackRow(int output, ReadOnlySpan<float> weights)
    {
        CheckWritable();
        CheckRow(output, weights.Length);
        switch (Storage)
        {
            case PanelStorage.F32:
                var target = (float*)RowStart(output);
                for (var k = 0; k < weights.Length; k++, target += PanelRows)
                    *target = weights[k];
                return;
            case PanelStorage.INT8 or PanelStorage.INT4:
                BlockPanels.PackRow(PanelOf(output), output % PanelRows, weights, Storage);
                return;
        }

        var pairs = (uint*)RowStart(output);
        for (var k = 0; k < weights.Length; k += 2, pairs += PanelRows)
            *pairs = Pair(Rounded(weights[k]), k + 1 < weights.Length ? Rounded(weights[k + 1]) : (ushort)0);
    }

    /// <summary>Writes one output's weights from bfloat16 bits, exactly where the storage can.</summary>
    public void PackRow(int output, ReadOnlySpan<ushort> weights)
    {
        CheckWritable();
        CheckRow(output, weights.Length);
        if (Storage != PanelStorage.BF16)
        {
            var floats = ArrayPool<float>.Shared.Rent(weights.Length);
            Bf16.ToFloats(weights, floats);
            PackRow(output, (ReadOnlySpan<float>)floats.AsSpan(0, weights.Length));
            ArrayPool<float>.Shared.Return(floats);
            return;
        }

        // A pair in the row is a pair in the lane.
        var pairs = (uint*)RowStart(output);
        foreach (var pair in MemoryMarshal.Cast<ushort, uint>(weights))
        {
            *pairs = pair;
            pairs += PanelRows;
        }

        if ((weights.Length & 1) != 0)
            *pairs = weights[^1];
    }

    /// <summary>One output's weights, widened: embedding lookup in tied matrices, and checks.</summary>
    /// <param name="output">The output row.</param>
    /// <param name="weights">Receives [inputs].</param>
    public void ReadRow(int output, Span<float> weights)
    {
        CheckRow(output, weights.Length);
        switch (Storage)
        {
            case PanelStorage.F32:
                var source = (float*)RowStart(output);
                for (var k = 0; k < weights.Length; k++, source += PanelRows)
                    weights[k] = *source;
                return;
            case PanelStorage.INT8 or PanelStorage.INT4:
                BlockPanels.ReadRow(PanelOf(output), output % PanelRows, weights, Storage);
                return;
        }

        var values = (ushort*)RowStart(output);
        var swapped = Storage == PanelStorage.BF16Dot ? 1 : 0;
        for (var k = 0; k < weights.Length; k++)
            weights[k] = Bf16.ToFloat(values[(long)(k >> 1) * (2 * PanelRows) + ((k & 1) ^ swapped)]);
    }

    /// <summary>The packed form as it lies in memory, to be written to a file.</summary>
    public ReadOnlySpan<byte> PackedBytes(long offset, int count) => _memory.Span<byte>(offset, count);

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _memory.Dispose();

    /// <summary>One output's panel.</summary>
    internal byte* PanelOf(int output) => Pointer + output / PanelRows * PanelBytes;

    private static long PanelBytesFor(int inputs, PanelStorage storage) => storage switch
    {
        PanelStorage.F32 => (inputs + 1L) / 2 * 2 * PanelRows * sizeof(float),
        PanelStorage.INT8 or PanelStorage.INT4 => (long)BlockLayout.Blocks(inputs) * BlockLayout.BlockBytes(storage),
        _ => (inputs + 1L) / 2 * 2 * PanelRows * sizeof(ushort),
    };

    private ushort Rounded(float weight) => Bf16.FromFloat(Storage == PanelStorage.BF16Dot ? Bf16.RoundForDots(weight) : weight);

    private uint Pair(ushort first, ushort second) =>
        Storage == PanelStorage.BF16Dot ? (uint)first << 16 | second : (uint)second << 16 | first;

    private byte* RowStart(int output) => PanelOf(output) + output % PanelRows * sizeof(float);

    private void CheckWritable()
    {
        if (_memory.IsReadOnly)
            throw new InvalidOperationException("The matrix lies in a mapped file and cannot be packed into; make one of its own memory.");
    }

    private void CheckRow(int output, int width)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)output, (uint)Outputs, nameof(output));
        if (width != Inputs)
            throw new ArgumentException($"A row has {width} values but the matrix has {Inputs} inputs.");
    }
}
