using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;
using CsCheck;

namespace Platform.Model.Tests;

/// <summary>Whatever is done to a checkpoint's bytes, opening and reading it gives weights or a <see cref="CheckpointException"/>, nothing else.</summary>
public sealed class DamageProperties
{
    private static readonly string[] Values =
        ["0", "-1", "1", "3", "2147483647", "-2147483648", "9223372036854775807", "1e308", "1e999", "0.5", "null", "true", "\"\"", "\"x\"", "[]", "[0]", "[1,2,3]", "{}", "[[[[[]]]]]"];

    [Fact]
    public void No_damage_to_a_weight_file_escapes_as_anything_else()
    {
        using var folder = new TemporaryFolder();
        MiniCheckpoint.Create(WeightFormat.Fp8).Save(folder.Path);
        var path = folder.At("model.safetensors");
        var original = File.ReadAllBytes(path);
        var header = (int)BinaryPrimitives.ReadInt64LittleEndian(original);

        var flips = Gen.Select(Gen.Int[0, header + 40], Gen.Byte).Array[0, 6];
        var cut = Gen.Frequency((3, Gen.Const(original.Length)), (1, Gen.Int[0, original.Length]), (1, Gen.Int[original.Length, original.Length + 20]));
        var length = Gen.Frequency((5, Gen.Const((long)header)), (1, Gen.Long), (1, Gen.Long[0, original.Length]));
        Gen.Select(flips, cut, length).Sample(
            (changes, end, headerLength) =>
            {
                var damaged = new byte[end];
                original.AsSpan(0, Math.Min(end, original.Length)).CopyTo(damaged);
                if (end >= 8 && headerLength != header)
                    BinaryPrimitives.WriteInt64LittleEndian(damaged, headerLength);
                foreach (var (at, value) in changes.Where(change => change.Item1 < end))
                    damaged[at] = value;
                File.WriteAllBytes(path, damaged);
                OpenAndRead(folder.Path);
            },
            iter: 1000,
            threads: 1);
    }

    [Fact]
    public void No_swapped_text_in_a_header_escapes_as_anything_else()
    {
        using var folder = new TemporaryFolder();
        MiniCheckpoint.Create(WeightFormat.Fp8).Save(folder.Path);
        var path = folder.At("model.safetensors");
        var original = File.ReadAllBytes(path);
        var headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(original);
        var header = Encoding.UTF8.GetString(original, 8, headerLength);
        var entries = JsonNode.Parse(header)!.AsObject().Select(pair => pair.Key).Where(name => name[0] != '_').ToArray();

        Gen.Select(OneOf(entries), OneOf("dtype", "shape", "data_offsets", "dtype2"), OneOf(Values), OneOf(entries)).Sample(
            (name, key, value, other) =>
            {
                var node = JsonNode.Parse(header)!.AsObject();
                if (key == "dtype2")
                    node[name] = node[other]!.DeepClone();
                else
                    node[name]![key] = JsonNode.Parse(value);
                Write(path, node.ToJsonString(), original.AsSpan(8 + headerLength));
                OpenAndRead(folder.Path);
            },
            iter: 400,
            threads: 1);
    }

    [Fact]
    public void No_value_of_a_config_escapes_as_anything_else()
    {
        using var folder = new TemporaryFolder();
        MiniCheckpoint.Create(WeightFormat.Fp8).Save(folder.Path);
        var original = File.ReadAllText(folder.At("config.json"));
        var keys = Keys(JsonNode.Parse(original)!.AsObject(), []).ToArray();

        Gen.Select(OneOf(keys), OneOf(Values), OneOf(keys), OneOf(Values)).Sample(
            (first, firstValue, second, secondValue) =>
            {
                var node = JsonNode.Parse(original)!.AsObject();
                Set(node, second, secondValue);
                Set(node, first, firstValue);
                File.WriteAllText(folder.At("config.json"), node.ToJsonString());
                OpenAndRead(folder.Path);
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void No_bytes_at_all_escape_as_anything_else()
    {
        var config = ModelConfig.Load(Repository.Golden("tiny-moe-vl")).ToJson();
        Gen.Select(Gen.Int[0, config.Length - 1], Gen.Byte).Array[1, 8].Sample(
            changes =>
            {
                var damaged = config.ToArray();
                foreach (var (at, value) in changes)
                    damaged[at] = value;
                try
                {
                    ModelConfig.Parse(damaged).ToJson();
                }
                catch (CheckpointException)
                {
                }
            },
            iter: 2000,
            threads: 1);
    }

    private static Gen<T> OneOf<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(i => values[i]);

    private static void OpenAndRead(string directory)
    {
        try
        {
            using var checkpoint = Checkpoint.Open(directory);
            foreach (var tensor in checkpoint.Tensors)
                tensor.ToFloats();
            Assert.NotEmpty(checkpoint.ContentId);
        }
        catch (CheckpointException error)
        {
            Assert.NotEmpty(error.Problems);
        }
    }

    private static IEnumerable<string[]> Keys(JsonObject node, string[] path)
    {
        foreach (var (key, value) in node)
        {
            yield return [.. path, key];
            if (value is JsonObject inner)
            {
                foreach (var deeper in Keys(inner, [.. path, key]))
                    yield return deeper;
            }
        }
    }

    private static void Set(JsonObject node, string[] path, string value)
    {
        foreach (var key in path[..^1])
        {
            if (node[key] is not JsonObject inner)
                return;
            node = inner;
        }

        node[path[^1]] = JsonNode.Parse(value);
    }

    private static void Write(string path, string header, ReadOnlySpan<byte> data)
    {
        using var stream = new FileStream(path, FileMode.Create);
        var bytes = Encoding.UTF8.GetBytes(header);
        Span<byte> prefix = stackalloc byte[8];
        BinaryPrimitives.WriteInt64LittleEndian(prefix, bytes.Length);
        stream.Write(prefix);
        stream.Write(bytes);
        stream.Write(data);
    }
}
