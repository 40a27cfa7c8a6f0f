using System.Globalization;

namespace Platform.Model.Pictures;

/// <summary>What ffmpeg's packet listing says about a video: its frames and its rate, without decoding it.</summary>
internal sealed record VideoIndex(int Frames, double? FramesPerSecond)
{
    private const string TimeBaseLabel = "#tb 0:";

    /// <summary>Reads a listing: comment lines that begin with #, of which one is the time base, then one line per packet with stream,
    /// decoding time, presentation time, duration, size and checksum.</summary>
    /// <exception cref="PictureException">There are more frames than <paramref name="mostFrames"/>.</exception>
    /// <exception cref="InvalidDataException">A line is something else.</exception>
    public static async Task<VideoIndex> ReadAsync(Stream listing, int mostFrames, CancellationToken cancellationToken)
    {
        using var reader = new StreamReader(listing, leaveOpen: true);
        double secondsPerTick = 0;
        long first = long.MaxValue, end = long.MinValue;
        var frames = 0;
        while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(TimeBaseLabel, StringComparison.Ordinal))
                secondsPerTick = Fraction(line[TimeBaseLabel.Length..]);
            if (line.Length == 0 || line[0] == '#')
                continue;
            if (++frames > mostFrames)
                throw new PictureException("The video is too long.", $"It may have at most {mostFrames} frames.", "Send a shorter one.");

            var fields = line.Split(',', StringSplitOptions.TrimEntries);
            if (fields.Length < 4 || !Number(fields[2], out var shown) || !Number(fields[3], out var duration))
                throw new InvalidDataException($"'{line}' is no packet of a listing.");
            first = Math.Min(first, shown);
            end = Math.Max(end, shown + Math.Max(duration, 0));
        }

        var seconds = frames == 0 ? 0 : (end - first) * secondsPerTick;
        return new VideoIndex(frames, seconds > 0 ? frames / seconds : null);
    }

    private static bool Number(string text, out long number) => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);

    private static double Fraction(string text)
    {
        var parts = text.Split('/', StringSplitOptions.TrimEntries);
        return parts.Length == 2 && Number(parts[0], out var above) && Number(parts[1], out var below) && below != 0
            ? (double)above / below
            : throw new InvalidDataException($"'{text}' is no time base.");
    }
}
