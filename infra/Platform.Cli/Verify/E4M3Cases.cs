using Platform.Kernels;

namespace Platform.Cli.Verify;

/// <summary><c>e4m3.*</c>: all codes decoded, values encoded, and a matrix quantised in blocks.</summary>
internal static class E4M3Cases
{
    public static void Add(UnitOpsCases cases, Dictionary<string, Func<GoldenRow>> computed)
    {
        computed["e4m3.decode_table"] = () => GoldenComparison.Exact("e4m3.decode_table", cases.Read("e4m3.decode_table"), DecodeTable());
        computed["e4m3.decode_bits"] = () => GoldenComparison.Exact("e4m3.decode_bits", cases.Read("e4m3.decode_bits"), DecodeBits(cases));
        computed["e4m3.decode_class"] = () => GoldenComparison.Exact("e4m3.decode_class", cases.Read("e4m3.decode_class"), DecodeClasses());
        computed["e4m3.nan_codes"] = () => GoldenComparison.Exact("e4m3.nan_codes", cases.Read("e4m3.nan_codes"), NanCodes());
        computed["e4m3.codes"] = () => GoldenComparison.Exact("e4m3.codes", cases.Read("e4m3.codes"), Encoded(cases.Floats("e4m3.x"), []));
        computed["e4m3.edge.codes"] = () => GoldenComparison.Exact(
            "e4m3.edge.codes", cases.Read("e4m3.edge.codes"), Encoded(cases.Floats("e4m3.edge.x"), cases.Integers("e4m3.edge.codes")));
        computed["e4m3.block.scale_inv"] = () => GoldenComparison.Relative(
            "e4m3.block.scale_inv", cases.Read("e4m3.block.scale_inv"), Scales(new Blocks(cases)), 1e-6);
        computed["e4m3.block.codes"] = () => GoldenComparison.Exact("e4m3.block.codes", cases.Read("e4m3.block.codes"), BlockCodes(new Blocks(cases)));
        computed["e4m3.block.dequant"] = () => GoldenComparison.Absolute(
            "e4m3.block.dequant", cases.Read("e4m3.block.dequant"), Dequantised(new Blocks(cases)), 1e-7);
    }

    private static IEnumerable<byte> AllCodes => Enumerable.Range(0, 256).Select(code => (byte)code);

    // The golden writes the two NaN codes as 0.
    private static GoldenTensor DecodeTable() =>
        GoldenTensor.Of([.. AllCodes.Select(code => float.IsNaN(E4M3.Decode(code)) ? 0 : E4M3.Decode(code))], 256);

    private static GoldenTensor DecodeBits(UnitOpsCases cases)
    {
        var golden = cases.Integers("e4m3.decode_bits");
        return GoldenTensor.Of([.. AllCodes.Select(code => AnyNan(E4M3.Decode(code), golden[code]))], 256);
    }

    private static long AnyNan(float decoded, long golden) =>
        float.IsNaN(decoded) && float.IsNaN(BitConverter.UInt32BitsToSingle((uint)golden)) ? golden : BitConverter.SingleToUInt32Bits(decoded);

    private static GoldenTensor DecodeClasses() => GoldenTensor.Of([.. AllCodes.Select(ClassOf)], 256);

    private static long ClassOf(byte code)
    {
        var value = Math.Abs(E4M3.Decode(code));
        if (float.IsNaN(value))
            return 3;
        return value == 0 ? 0 : value < 1f / 64 ? 1 : 2;
    }

    private static GoldenTensor NanCodes()
    {
        long[] codes = [.. AllCodes.Where(code => float.IsNaN(E4M3.Decode(code)))];
        return GoldenTensor.Of(codes, codes.Length);
    }

    // Either NaN code answers a NaN.
    private static GoldenTensor Encoded(float[] values, long[] golden) => GoldenTensor.Of(
        [.. values.Select((value, i) => float.IsNaN(value) && golden.Length > 0 && float.IsNaN(E4M3.Decode(E4M3.Encode(value))) ? golden[i] : E4M3.Encode(value))],
        values.Length);

    private static GoldenTensor Scales(Blocks blocks)
    {
        var scales = new float[blocks.Down * blocks.Across];
        for (var i = 0; i < blocks.Weights.Length; i++)
            scales[blocks.BlockOf(i)] = MathF.Max(scales[blocks.BlockOf(i)], MathF.Abs(blocks.Weights[i]));
        for (var i = 0; i < scales.Length; i++)
            scales[i] = MathF.Max(scales[i], 1e-12f) / E4M3.Max;
        return GoldenTensor.Of(scales, blocks.Down, blocks.Across);
    }

    private static GoldenTensor BlockCodes(Blocks blocks) => GoldenTensor.Of(
        [.. blocks.Weights.Select((weight, i) => (long)E4M3.Encode(weight / blocks.GivenScales[blocks.BlockOf(i)]))], blocks.Rows, blocks.Columns);

    private static GoldenTensor Dequantised(Blocks blocks) => GoldenTensor.Of(
        [.. blocks.GivenCodes.Select((code, i) => E4M3.Decode((byte)code) * blocks.GivenScales[blocks.BlockOf(i)])], blocks.Rows, blocks.Columns);

    /// <summary>A matrix cut into blocks from its top-left corner.</summary>
    private sealed class Blocks(UnitOpsCases cases)
    {
        private readonly int[] _size = cases.Numbers("e4m3", "weight_block_size");

        public float[] Weights { get; } = cases.Floats("e4m3.block.w");

        public float[] GivenScales { get; } = cases.Floats("e4m3.block.scale_inv");

        public long[] GivenCodes { get; } = cases.Integers("e4m3.block.codes");

        public int Rows { get; } = (int)cases.Read("e4m3.block.w").Shape[0];

        public int Columns { get; } = (int)cases.Read("e4m3.block.w").Shape[1];

        public int Down => (Rows + _size[0] - 1) / _size[0];

        public int Across => (Columns + _size[1] - 1) / _size[1];

        public int BlockOf(int element) => element / Columns / _size[0] * Across + element % Columns / _size[1];
    }
}
