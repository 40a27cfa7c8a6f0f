using System.Globalization;

namespace Platform.Model.Pictures;

/// <summary>Samples frames from video files (MP4/MOV, Matroska/WebM, AVI) with an ffmpeg program, if the machine has one.</summary>
/// <remarks>Thread-safe; every call runs ffmpeg twice, first to list packets, then to decode the frames that are wanted.</remarks>
/// <param name="executable">Full path of ffmpeg; null where there is none: then every video file is refused with that reason.</param>
/// <param name="limits">Bounds on what a file may cost.</param>
public sealed class VideoFileDecoder(string? executable, VideoLimits limits)
{
    private const string ProgramName = "ffmpeg";

    /// <summary>Whether video files can be decoded here at all.</summary>
    public bool Available => executable is not null;

    /// <summary>The ffmpeg on the PATH, or null.</summary>
    public static string? FindOnPath()
    {
        var name = OperatingSystem.IsWindows() ? ProgramName + ".exe" : ProgramName;
        return (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathFullyQualified)
            .Select(folder => Path.Combine(folder, name))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>Whether the file looks like a video container rather than a picture or animation.</summary>
    public static bool IsVideoFile(ReadOnlySpan<byte> file) => VideoContainer.Demuxer(file) is not null;

    /// <summary>Decodes the frames that the settings ask for and resizes each as it arrives, so that only resized frames are held.</summary>
    /// <exception cref="PictureException">There is no ffmpeg, or the file is no video, damaged, or beyond the limits.</exception>
    public async Task<ResizedMedia> DecodeAsync(ReadOnlyMemory<byte> file, VideoProcessorConfig config, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(config);
        var demuxer = VideoContainer.Demuxer(file.Span) ?? throw new PictureException(
            "The file is no video that can be read.", "Videos are MP4, MOV, WebM, Matroska or AVI files, or GIF or WebP animations.", "Convert it to one of these.");
        if (executable is null)
        {
            throw new PictureException(
                "The video is a container file, and this server has no ffmpeg.",
                "Without ffmpeg only GIF and WebP animations and lists of pictures are read.",
                "Send one of these, or have the operator put an ffmpeg program on the server's PATH.");
        }

        if (file.Length > limits.MaxFileBytes)
        {
            throw new PictureException(
                $"The video file has {file.Length} bytes.", $"At most {limits.MaxFileBytes} are accepted.", "Send a shorter or smaller one.");
        }

        return await WithTimeLimitAsync(token => DecodeFileAsync(file, demuxer, config, token), cancellationToken).ConfigureAwait(false);
    }

    private async Task<ResizedMedia> WithTimeLimitAsync(Func<CancellationToken, Task<ResizedMedia>> decode, CancellationToken cancellationToken)
    {
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(limits.TimeLimit);
        try
        {
            return await decode(timer.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new PictureException(
                "The video takes too long to decode.", $"It may take {limits.TimeLimit.TotalSeconds:0} seconds.", "Send a shorter or smaller one.", e);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw Damaged("ffmpeg gave no whole frames", e);
        }
    }

    private async Task<ResizedMedia> DecodeFileAsync(
        ReadOnlyMemory<byte> file, string demuxer, VideoProcessorConfig config, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateTempSubdirectory("video-");
        try
        {
            // A file and not a pipe: an MP4 may hold its index at the end.
            var path = Path.Combine(folder.FullName, "input");
            await File.WriteAllBytesAsync(path, file, cancellationToken).ConfigureAwait(false);
            var index = await CountAsync(demuxer, path, cancellationToken).ConfigureAwait(false);
            var indices = FrameSampling.Sample(index.Frames, index.FramesPerSecond, config);
            var frames = await ReadFramesAsync(demuxer, path, indices, config, cancellationToken).ConfigureAwait(false);
            var timestamps = FrameSampling.Timestamps(indices.AsSpan(0, frames.Count), index.FramesPerSecond, config.TemporalPatchSize);
            return new ResizedMedia(frames, timestamps, config);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private async Task<VideoIndex> CountAsync(string demuxer, string path, CancellationToken cancellationToken)
    {
        VideoIndex? index = null;
        await RunAsync(
            [.. InputArguments(demuxer, path), "-c", "copy", "-f", "framecrc", "pipe:1"],
            async (output, token) =>
            {
                index = await VideoIndex.ReadAsync(output, limits.MaxSourceFrames, token).ConfigureAwait(false);
                return false;
            },
            path,
            cancellationToken).ConfigureAwait(false);
        return index is { Frames: > 0 } ? index : throw Damaged("it has no frames");
    }

    private async Task<List<RgbImage>> ReadFramesAsync(
        string demuxer, string path, int[] indices, VideoProcessorConfig config, CancellationToken cancellationToken)
    {
        var frames = new List<RgbImage>(indices.Length);
        var wanted = string.Join('+', indices.Select(index => string.Create(CultureInfo.InvariantCulture, $"eq(n,{index})")));
        await RunAsync(
            [
                // Chosen frames are renumbered at the output's rate, else ffmpeg would fill the gaps between them with copies.
                .. InputArguments(demuxer, path), "-vf", $"select='{wanted}',settb=1/25,setpts=N", "-r", "25",
                "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "pipe:1",
            ],
            async (output, token) =>
            {
                var reader = new PpmReader(output, limits.Frame);
                (int Height, int Width)? size = null;
                while (frames.Count < indices.Length && await reader.ReadAsync(token).ConfigureAwait(false) is { } frame)
                {
                    size ??= PicturePreprocessor.FrameSize(indices.Length, frame, config);
                    frames.Add(BicubicResize.Resize(frame, size.Value.Height, size.Value.Width));
                }

                return frames.Count == indices.Length;
            },
            path,
            cancellationToken).ConfigureAwait(false);
        return frames.Count > 0 ? frames : throw Damaged("no frame could be decoded");
    }

    private async Task RunAsync(
        IEnumerable<string> arguments, Func<Stream, CancellationToken, Task<bool>> read, string path, CancellationToken cancellationToken)
    {
        var errors = await BoundedProcess.RunAsync(executable!, arguments, read, cancellationToken).ConfigureAwait(false);
        if (errors is not null)
            throw Damaged($"ffmpeg says: {errors.Replace(path, "the video", StringComparison.Ordinal).ReplaceLineEndings(" ")}");
    }

    // The demuxer is forced and only plain files may be opened, so that nothing inside the file can name another file or address.
    private static string[] InputArguments(string demuxer, string path) =>
        ["-nostdin", "-hide_banner", "-v", "error", "-protocol_whitelist", "file", "-f", demuxer, "-i", path, "-map", "0:v:0"];

    private static PictureException Damaged(string reason, Exception? cause = null) => new(
        $"The video cannot be decoded: {reason}.", "A video must have a picture stream that decodes without errors.", "Export it again.", cause);
}
