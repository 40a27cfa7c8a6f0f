using CsCheck;

namespace Platform.Kernels.Tests;

public sealed class MappedFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void A_matrix_over_a_file_reads_as_the_one_that_was_packed()
    {
        using var matrix = new PackedMatrix(20, 7, PanelStorage.BF16);
        var row = new float[7];
        for (var output = 0; output < 20; output++)
        {
            Array.Fill(row, output + 0.5f);
            matrix.PackRow(output, (ReadOnlySpan<float>)row);
        }

        File.WriteAllBytes(_path, [.. new byte[64], .. matrix.PackedBytes(0, (int)matrix.Bytes)]);
        using var map = new MappedFile(_path);
        using var mapped = new PackedMatrix(20, 7, PanelStorage.BF16, map.View(64, matrix.Bytes));
        for (var output = 0; output < 20; output++)
        {
            mapped.ReadRow(output, row);
            Assert.All(row, value => Assert.Equal(output + 0.5f, value));
        }

        Assert.Throws<InvalidOperationException>(() => mapped.PackRow(0, (ReadOnlySpan<float>)row));
    }

    [Fact]
    public void A_view_lies_inside_the_file_and_on_a_cache_line()
    {
        File.WriteAllBytes(_path, new byte[256]);
        using var map = new MappedFile(_path);
        Assert.Throws<ArgumentOutOfRangeException>(() => map.View(64, 193));
        Assert.Throws<ArgumentOutOfRangeException>(() => map.View(32, 64));
        Assert.Throws<ArgumentException>(() => new PackedMatrix(16, 2, PanelStorage.F32, map.View(0, 64)));
    }

    [Fact]
    public void A_hash_changes_with_any_bit() => Gen.Select(Gen.Byte.Array[0, 700], Gen.Int[0, 5599]).Sample((bytes, bit) =>
    {
        var before = PayloadHash.Of(bytes);
        if (before != PayloadHash.Of(bytes))
            return false;
        if (bit >= 8 * bytes.Length)
            return PayloadHash.Of([.. bytes, 0]) != before;
        bytes[bit / 8] ^= (byte)(1 << bit % 8);
        return PayloadHash.Of(bytes) != before;
    }, iter: 5_000);

    public void Dispose() => File.Delete(_path);
}
