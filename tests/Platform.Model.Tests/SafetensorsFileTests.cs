using System.Buffers.Binary;
using System.Text;

namespace Platform.Model.Tests;

public sealed class SafetensorsFileTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("{}x", 0)]
    [InlineData("[]", 0)]
    [InlineData("{\"a\":[]}", 0)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 0)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"shape\":[1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4],\"more\":1}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F3\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":4,\"shape\":[1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1.5],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[\"1\"],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[9223372036854775807,9223372036854775807],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904],\"data_offsets\":[0,0]}}", 0)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[99999999999999999999],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,0]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4,8]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 3)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5)]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[1],\"data_offsets\":[9223372036854775806,9223372036854775807]}}", 8)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[2,6]}}", 6)]
    [InlineData("{\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[0,4]},\"a\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}", 8)]
    [InlineData("{\"__metadata__\":{\"a\":1}}", 0)]
    [InlineData("{\"__metadata__\":{},\"__metadata__\":{}}", 0)]
    [InlineData("{\"\\ud800\":{\"dtype\":\"U8\",\"shape\":[0],\"data_offsets\":[0,0]}}", 0)]
    public void Refuses_a_header_that_lies(string header, int dataBytes)
    {
        using var folder = new TemporaryFolder();
        WriteRaw(folder.At("x.safetensors"), (ulong)Encoding.UTF8.GetByteCount(header), header, dataBytes);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(folder.At("x.safetensors")));
    }

    [Theory]
    [InlineData(0UL)]
    [InlineData(3UL)]
    [InlineData(1UL << 20)]
    [InlineData(100_000_001UL)]
    [InlineData(1UL << 63)]
    [InlineData(ulong.MaxValue)]
    public void Refuses_a_header_length_that_lies(ulong length)
    {
        using var folder = new TemporaryFolder();
        WriteRaw(folder.At("x.safetensors"), length, "{}", 0);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(folder.At("x.safetensors")));
        File.WriteAllBytes(folder.At("short.safetensors"), [1, 2, 3]);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(folder.At("short.safetensors")));
    }

    [Fact]
    public void Refuses_a_header_nested_without_end_and_one_over_the_callers_limit()
    {
        using var folder = new TemporaryFolder();
        var deep = "{\"a\":" + new string('[', 1_000_000);
        WriteRaw(folder.At("deep.safetensors"), (ulong)deep.Length, deep, 0);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(folder.At("deep.safetensors")));
        WriteRaw(folder.At("empty.safetensors"), 2, "{}", 0);
        Assert.Throws<CheckpointException>(() => SafetensorsFile.Open(folder.At("empty.safetensors"), maxHeaderBytes: 1));
        using var empty = SafetensorsFile.Open(folder.At("empty.safetensors"), maxHeaderBytes: 2);
        Assert.Empty(empty.Tensors);
    }

    [Fact]
    public void Reads_metadata_scalars_empty_tensors_and_trailing_spaces()
    {
        using var folder = new TemporaryFolder();
        const string Header = "{\"__metadata__\":{\"format\":\"pt\"},\"s\":{\"dtype\":\"U8\",\"shape\":[],\"data_offsets\":[0,1]},\"e\":{\"dtype\":\"F32\",\"shape\":[3,0],\"data_offsets\":[0,0]}}   ";
        WriteRaw(folder.At("x.safetensors"), (ulong)Header.Length, Header, 1);
        using var file = SafetensorsFile.Open(folder.At("x.safetensors"));
        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal([0], file.ReadBytes("s"));
        Assert.Empty(file.ReadFloats("e"));
    }

    [Fact]
    public void Reads_every_kind_of_golden_tensor()
    {
        using var file = SafetensorsFile.Open(Path.Combine(Repository.Golden("tiny-dense"), "golden.safetensors"));
        Assert.Equal(150, file.ReadLongs("input_ids").Length);
        Assert.Equal([150L, 512], file.Entry("prompt.logits").Shape);
        Assert.Equal(150 * 512, file.ReadFloats("prompt.logits").Length);
        Assert.Equal(8 * 150, file.ReadBytes("input_ids").Length);
        Assert.Equal(CheckpointProblemKind.Type, Assert.Throws<CheckpointException>(() => file.ReadFloats("input_ids")).Problems[0].Kind);
        Assert.Equal(CheckpointProblemKind.Type, Assert.Throws<CheckpointException>(() => file.ReadLongs("prompt.logits")).Problems[0].Kind);
        Assert.Equal("nothing", Assert.Throws<CheckpointException>(() => file.ReadFloats("nothing")).Problems[0].Subject);
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(file.Entry("input_ids"), 1199, new byte[2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => file.Read(file.Entry("input_ids"), -1, new byte[2]));
    }

    [Fact]
    public void Opens_a_hundred_gigabyte_file_without_reading_it()
    {
        const long Bytes = 100_000_000_000;
        using var folder = new TemporaryFolder();
        var header = $"{{\"big\":{{\"dtype\":\"BF16\",\"shape\":[{Bytes / 2}],\"data_offsets\":[0,{Bytes}]}}}}";
        WriteRaw(folder.At("big.safetensors"), (ulong)header.Length, header, 0);
        try
        {
            using var stream = new FileStream(folder.At("big.safetensors"), FileMode.Open);
            stream.SetLength(8 + header.Length + Bytes);
            stream.Position = stream.Length - 2;
            stream.Write([0x80, 0x3F]);
        }
        catch (IOException error)
        {
            Assert.Skip($"This file system makes no sparse file of 100 GB: {error.Message}");
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        using var file = SafetensorsFile.Open(folder.At("big.safetensors"));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);

        // Far beyond 2 GiB: the last two elements.
        var tensor = new CheckpointTensor("big", file, file.Entry("big"), null);
        var values = new float[2];
        tensor.ReadFloats(Bytes / 2 - 2, values);
        Assert.Equal([0f, 1f], values);
        Assert.Throws<ArgumentOutOfRangeException>(() => tensor.ReadFloats(Bytes / 2 - 1, values));
    }

    [Fact]
    public void Refuses_to_write_more_or_less_than_was_declared()
    {
        using var folder = new TemporaryFolder();
        using var writer = SafetensorsWriter.Create(folder.At("x.safetensors"), [new TensorDeclaration("a", TensorType.U8, [3])]);
        Assert.Throws<InvalidOperationException>(() => writer.Write([1, 2, 3, 4]));
        writer.Write([1, 2]);
        Assert.Throws<InvalidOperationException>(writer.Complete);
        writer.Write([3]);
        writer.Complete();
    }

    private static void WriteRaw(string path, ulong length, string header, int dataBytes)
    {
        using var stream = new FileStream(path, FileMode.CreateNew);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(prefix, length);
        stream.Write(prefix);
        stream.Write(Encoding.UTF8.GetBytes(header));
        stream.Write(new byte[dataBytes]);
    }
}
