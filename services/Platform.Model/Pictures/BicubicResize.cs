namespace Platform.Model.Pictures;

/// <summary>Bicubic resizing with antialiasing on 8-bit samples, equal to Pillow's bit for bit: a = -0.5, horizontal pass first, rounded
/// and clipped to 8 bits between the passes; a pass that would change nothing is left out.</summary>
public static class BicubicResize
{
    /// <summary>The resized picture; <paramref name="image"/> itself where the size is the same.</summary>
    public static RgbImage Resize(RgbImage image, int height, int width)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        var stretched = image.Width == width ? image : Horizontal(image, width);
        return stretched.Height == height ? stretched : Vertical(stretched, height);
    }

    private static RgbImage Horizontal(RgbImage image, int width)
    {
        var weights = new ResampleWeights(image.Width, width);
        var result = new RgbImage(width, image.Height, GC.AllocateUninitializedArray<byte>(checked(width * image.Height * 3)));
        for (var y = 0; y < image.Height; y++)
        {
            var row = image.Pixels.AsSpan(y * image.Width * 3, image.Width * 3);
            var output = result.Pixels.AsSpan(y * width * 3, width * 3);
            for (var x = 0; x < width; x++)
                MixPixels(row[(weights.First(x) * 3)..], weights.Of(x), output.Slice(x * 3, 3));
        }

        return result;
    }

    private static void MixPixels(ReadOnlySpan<byte> pixels, ReadOnlySpan<int> weights, Span<byte> output)
    {
        int red = 0, green = 0, blue = 0;
        for (var tap = 0; tap < weights.Length; tap++)
        {
            red += pixels[tap * 3] * weights[tap];
            green += pixels[tap * 3 + 1] * weights[tap];
            blue += pixels[tap * 3 + 2] * weights[tap];
        }

        output[0] = ResampleWeights.ToSample(red);
        output[1] = ResampleWeights.ToSample(green);
        output[2] = ResampleWeights.ToSample(blue);
    }

    private static RgbImage Vertical(RgbImage image, int height)
    {
        var weights = new ResampleWeights(image.Height, height);
        var stride = image.Width * 3;
        var result = new RgbImage(image.Width, height, GC.AllocateUninitializedArray<byte>(checked(stride * height)));
        var sums = new int[stride];
        for (var y = 0; y < height; y++)
        {
            Array.Clear(sums);
            var taps = weights.Of(y);
            for (var tap = 0; tap < taps.Length; tap++)
                AddRow(image.Pixels.AsSpan((weights.First(y) + tap) * stride, stride), taps[tap], sums);

            var output = result.Pixels.AsSpan(y * stride, stride);
            for (var i = 0; i < stride; i++)
                output[i] = ResampleWeights.ToSample(sums[i]);
        }

        return result;
    }

    private static void AddRow(ReadOnlySpan<byte> row, int weight, Span<int> sums)
    {
        for (var i = 0; i < row.Length; i++)
            sums[i] += row[i] * weight;
    }
}
