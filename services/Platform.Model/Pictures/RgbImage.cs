namespace Platform.Model.Pictures;

/// <summary>A decoded picture: 8-bit RGB samples, rows from the top, pixels from the left, channels interleaved.</summary>
public sealed class RgbImage
{
    /// <summary>Wraps samples without copying; the image owns <paramref name="pixels"/> from here on.</summary>
    /// <param name="width">In pixels, at least 1.</param>
    /// <param name="height">In pixels, at least 1.</param>
    /// <param name="pixels">[height, width, 3] flattened.</param>
    public RgbImage(int width, int height, byte[] pixels)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (pixels.Length != (long)width * height * 3)
        {
            throw new ArgumentException(
                $"{pixels.Length} samples do not make a {width}x{height} RGB picture, which has {(long)width * height * 3}.", nameof(pixels));
        }

        Width = width;
        Height = height;
        Pixels = pixels;
    }

    /// <summary>Pixels in a row.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>[Height, Width, 3] flattened; not to be changed once the image is shared.</summary>
    public byte[] Pixels { get; }
}
