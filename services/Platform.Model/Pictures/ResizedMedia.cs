using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Platform.Model.Pictures;

/// <summary>A picture or clip at its final size, still in 8-bit samples: what decides the vision tower's output, an eighth of the
/// patches' memory.</summary>
public sealed class ResizedMedia
{
    private readonly Lazy<string> _pixelHash;

    internal ResizedMedia(IReadOnlyList<RgbImage> frames, IReadOnlyList<double>? timestamps, PatchSettings settings)
    {
        Frames = frames;
        Timestamps = timestamps;
        Settings = settings;
        _pixelHash = new Lazy<string>(HashPixels);
    }

    /// <summary>One frame for a still picture.</summary>
    public IReadOnlyList<RgbImage> Frames { get; }

    /// <summary>Seconds of each temporal patch; null for a still picture.</summary>
    public IReadOnlyList<double>? Timestamps { get; }

    /// <summary>How it was resized and will be cut.</summary>
    public PatchSettings Settings { get; }

    /// <summary>Patches along time, height and width.</summary>
    public MediaGrid Grid => PatchCutter.GridOf(Frames, Settings);

    /// <summary>Bytes of all samples.</summary>
    public long Bytes => Frames.Sum(frame => (long)frame.Pixels.Length);

    /// <summary>SHA-256 over sizes and samples, lower-case hexadecimal. Computed once, on first use.</summary>
    public string PixelHash => _pixelHash.Value;

    /// <summary>Normalises and cuts into the vision tower's rows.</summary>
    public MediaPatches Cut()
    {
        var (values, grid) = PatchCutter.Cut(Frames, Settings);
        return new MediaPatches(values, grid, Timestamps);
    }

    private string HashPixels()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> sizes = stackalloc byte[12];
        BinaryPrimitives.WriteInt32LittleEndian(sizes, Frames.Count);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[4..], Frames[0].Height);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[8..], Frames[0].Width);
        hash.AppendData(sizes);
        foreach (var frame in Frames)
            hash.AppendData(frame.Pixels);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
