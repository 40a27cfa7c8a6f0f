namespace Platform.Model.Tests;

public sealed class NumberFormatTests
{
    [Fact]
    public void Decodes_and_encodes_e4m3_as_the_reference_does()
    {
        using var golden = SafetensorsFile.Open(Path.Combine(Repository.Golden("unit-ops"), "golden.safetensors"));
        var table = golden.ReadFloats("e4m3.decode_table");
        var notNumbers = golden.ReadBytes("e4m3.nan_codes");
        for (var code = 0; code < 256; code++)
        {
            var (expected, found) = (table[code], FloatWidening.E4M3[code]);
            Assert.True(notNumbers.Contains((byte)code) ? float.IsNaN(found) : BitConverter.SingleToInt32Bits(expected) == BitConverter.SingleToInt32Bits(found), $"code {code}: {found}");
        }

        foreach (var part in new[] { "e4m3", "e4m3.edge" })
        {
            var values = golden.ReadFloats($"{part}.x");
            Assert.Equal(golden.ReadBytes($"{part}.codes"), values.Select(E4M3Encoder.Encode));
        }
    }

    [Fact]
    public void Widens_every_bf16_pattern_to_the_same_upper_half()
    {
        ushort[] patterns = [.. Enumerable.Range(0, 65_536 + 3).Select(i => (ushort)i)];
        var widened = new float[patterns.Length];
        FloatWidening.WidenBF16(patterns, widened);
        for (var i = 0; i < patterns.Length; i++)
            Assert.Equal((uint)patterns[i] << 16, BitConverter.SingleToUInt32Bits(widened[i]));
    }

    [Fact]
    public void Rounds_to_bf16_to_the_nearest_and_ties_to_even()
    {
        foreach (var (value, expected) in new[] { (1f, 0x3F80), (1.00390625f, 0x3F80), (1.01171875f, 0x3F82), (1.004f, 0x3F81), (-2.5f, 0xC020), (0f, 0) })
            Assert.Equal((ushort)expected, BF16Rounding.Round(value));
    }

    [Fact]
    public void Takes_logarithms_to_the_last_places_of_a_double()
    {
        for (var value = 0.01; value < 16; value *= 1.0137)
            Assert.InRange(RandomValues.Log(value) - Math.Log(value), -2e-15, 2e-15);
    }
}
