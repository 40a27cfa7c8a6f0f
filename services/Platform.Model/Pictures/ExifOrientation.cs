using SkiaSharp;

namespace Platform.Model.Pictures;

/// <summary>How stored pixels lie in the upright picture: an upright pixel (x, y) is the stored pixel number
/// <see cref="Origin"/> + x·<see cref="StepX"/> + y·<see cref="StepY"/>.</summary>
internal readonly record struct ExifOrientation(int Width, int Height, int Origin, int StepX, int StepY)
{
    /// <param name="origin">The file's orientation; the eight values of EXIF.</param>
    /// <param name="width">Stored width.</param>
    /// <param name="height">Stored height.</param>
    public static ExifOrientation Of(SKEncodedOrigin origin, int width, int height)
    {
        var lastColumn = width - 1;
        var lastRow = (height - 1) * width;
        return origin switch
        {
            SKEncodedOrigin.TopRight => new(width, height, lastColumn, -1, width),
            SKEncodedOrigin.BottomRight => new(width, height, lastRow + lastColumn, -1, -width),
            SKEncodedOrigin.BottomLeft => new(width, height, lastRow, 1, -width),
            SKEncodedOrigin.LeftTop => new(height, width, 0, width, 1),
            SKEncodedOrigin.RightTop => new(height, width, lastRow, -width, 1),
            SKEncodedOrigin.RightBottom => new(height, width, lastRow + lastColumn, -width, -1),
            SKEncodedOrigin.LeftBottom => new(height, width, lastColumn, width, -1),
            _ => new(width, height, 0, 1, width),
        };
    }

    /// <summary>The upright RGB picture of stored RGBA pixels; alpha is dropped, nothing is blended.</summary>
    /// <param name="rgba">[stored height, stored width, 4].</param>
    /// <param name="transparentColour">The colour of pixels with alpha 0, where the codec does not keep one.</param>
    public RgbImage Upright(ReadOnlySpan<byte> rgba, RgbColour? transparentColour)
    {
        var pixels = GC.AllocateUninitializedArray<byte>(checked(Width * Height * 3));
        var written = 0;
        for (var y = 0; y < Height; y++)
        {
            var from = (Origin + y * StepY) * 4;
            for (var x = 0; x < Width; x++, from += StepX * 4, written += 3)
            {
                pixels[written] = rgba[from];
                pixels[written + 1] = rgba[from + 1];
                pixels[written + 2] = rgba[from + 2];
                if (rgba[from + 3] == 0 && transparentColour is { } colour)
                    (pixels[written], pixels[written + 1], pixels[written + 2]) = (colour.Red, colour.Green, colour.Blue);
            }
        }

        return new RgbImage(Width, Height, pixels);
    }
}
