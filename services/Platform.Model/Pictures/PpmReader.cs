using System.Globalization;

namespace Platform.Model.Pictures;

/// <summary>Reads a stream of binary PPM pictures (P6, 8 bit), one after the other.</summary>
internal sealed class PpmReader(Stream stream, PictureLimits limits)
{
    private const int LongestField = 10;

    /// <summary>The next picture, or null at the end of the stream.</summary>
    /// <exception cref="PictureException">A picture is beyond the limits.</exception>
    /// <exception cref="InvalidDataException">The stream holds something else, or ends inside a picture.</exception>
    public async Task<RgbImage?> ReadAsync(CancellationToken cancellationToken)
    {
        var magic = await FieldAsync(cancellationToken).ConfigureAwait(false);
        if (magic.Length == 0)
            return null;
        if (magic != "P6")
            throw new InvalidDataException($"A PPM picture begins with P6, not with '{magic}'.");

        var width = await NumberAsync(cancellationToken).ConfigureAwait(false);
        var height = await NumberAsync(cancellationToken).ConfigureAwait(false);
        if (await NumberAsync(cancellationToken).ConfigureAwait(false) != 255)
            throw new InvalidDataException("Only 8-bit PPM pictures are read.");

        limits.CheckSize(width, height);
        var pixels = new byte[width * height * 3];
        await stream.ReadExactlyAsync(pixels, cancellationToken).ConfigureAwait(false);
        return new RgbImage(width, height, pixels);
    }

    private async Task<int> NumberAsync(CancellationToken cancellationToken)
    {
        var field = await FieldAsync(cancellationToken).ConfigureAwait(false);
        return int.TryParse(field, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"'{field}' is no number of a PPM header.");
    }

    private async Task<string> FieldAsync(CancellationToken cancellationToken)
    {
        var one = new byte[1];
        var field = "";
        while (await stream.ReadAsync(one, cancellationToken).ConfigureAwait(false) == 1 && !char.IsWhiteSpace((char)one[0]))
        {
            field += (char)one[0];
            if (field.Length > LongestField)
                throw new InvalidDataException($"'{field}…' is no field of a PPM header.");
        }

        return field;
    }
}
