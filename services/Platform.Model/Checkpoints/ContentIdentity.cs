using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Model;

/// <summary>The hash behind <see cref="Checkpoint.ContentId"/>.</summary>
internal static class ContentIdentity
{
    private const string Version = "c1";
    private const int SampleBytes = 64;

    public static string Compute(ModelConfig config, IEnumerable<CheckpointTensor> tensors)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(config.ToJson());
        foreach (var tensor in tensors.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
            Append(hash, tensor);
        return $"{Version}-{Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 8))}";
    }

    private static void Append(IncrementalHash hash, CheckpointTensor tensor)
    {
        Span<byte> number = stackalloc byte[sizeof(long)];
        hash.AppendData(Encoding.UTF8.GetBytes($"{tensor.Name}\0{tensor.Type.HeaderName()}\0"));
        foreach (var dimension in tensor.Shape)
        {
            BinaryPrimitives.WriteInt64LittleEndian(number, dimension);
            hash.AppendData(number);
        }

        Span<byte> sample = stackalloc byte[SampleBytes];
        var bytes = tensor.ElementCount * tensor.Type.ElementBytes();
        sample = sample[..(int)Math.Min(SampleBytes, bytes)];
        foreach (var offset in new[] { 0, (bytes - sample.Length) / 2, bytes - sample.Length })
        {
            tensor.ReadSample(offset, sample);
            hash.AppendData(sample);
        }
    }
}
