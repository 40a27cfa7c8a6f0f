using System.Runtime.InteropServices;

namespace Platform.Kernels;

/// <summary>
/// A weight matrix [outputs, inputs] in the order the matrix product reads it: panels of 16 output rows, inside a panel two inputs after
/// two inputs, the 16 outputs in the lanes. Immutable once packed; owner of its memory.
/// </summary>
/// <remarks>
/// F32: [panel][input][16]. BF16: [panel][input / 2][16][2], so a 32-bit lane holds two neighbouring inputs of one output, the lower input in
/// the low half: the operand form of the BF16 dot-product instructions, and one load widens into two vectors. Missing outputs of the last
/// panel and the missing partner of a last odd input are zero.
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

    internal long PanelBytes => PanelElements(Inputs) * (Storage == PanelStorage.F32 ? 4 : 2);

    internal byte* Pointer => _memory.Pointer;

    /// <summary>Bytes that a matrix takes when packed.</summary>
    public static long BytesFor(int outputs, int inputs, PanelStorage storage) =>
        (outputs + PanelRows - 1) / PanelRows * PanelElements(inputs) * (storage == PanelStorage.F32 ? 4 : 2);

    /// <summary>Writes one output's weights; BF16 storage rounds them to the nearest, ties to even.</summary>
    /// <param name="output">The output row.</param>
    /// <param name="weights">[inputs].</param>
    public void PackRow(int output, ReadOnlySpan<float> weights)
    {
        CheckRow(output, weights.Length);
        if (Storage == PanelStorage.F32)
        {
            var target = (float*)RowStart(output);
            for (var k = 0; k < weights.Length; k++, target += PanelRows)
                *target = weights[k];
            return;
        }

        var pairs = (uint*)RowStart(output);
        var last = weights.Length & ~1;
        for (var k = 0; k < last; k += 2, pairs += PanelRows)
            *pairs = Bf16.FromFloat(weights[k]) | ((uint)Bf16.FromFloat(weights[k + 1]) << 16);
        if (last < weights.Length)
            *pairs = Bf16.FromFloat(weights[last]);
    }

    /// <summary>Writes one output's weights from bfloat16 bits, exactly.</summary>
    public void PackRow(int output, ReadOnlySpan<ushort> weights)
    {
        CheckRow(output, weights.Length);
        if (Storage == PanelStorage.F32)
        {
            var target = (float*)RowStart(output);
            for (var k = 0; k < weights.Length; k++, target += PanelRows)
                *target = Bf16.ToFloat(weights[k]);
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
        if (Storage == PanelStorage.F32)
        {
            var source = (float*)RowStart(output);
            for (var k = 0; k < weights.Length; k++, source += PanelRows)
                weights[k] = *source;
            return;
        }

        var pairs = (ushort*)RowStart(output);
        for (var k = 0; k < weights.Length; k++)
            weights[k] = Bf16.ToFloat(pairs[(long)(k >> 1) * (2 * PanelRows) + (k & 1)]);
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _memory.Dispose();

    private static long PanelElements(int inputs) => (inputs + 1L) / 2 * 2 * PanelRows;

    private byte* RowStart(int output)
    {
        var panel = Pointer + output / PanelRows * PanelBytes;
        var lane = output % PanelRows;
        return Storage == PanelStorage.F32 ? panel + lane * sizeof(float) : panel + lane * 2 * sizeof(ushort);
    }

    private void CheckRow(int output, int width)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)output, (uint)Outputs, nameof(output));
        if (width != Inputs)
            throw new ArgumentException($"A row has {width} values but the matrix has {Inputs} inputs.");
    }
}
