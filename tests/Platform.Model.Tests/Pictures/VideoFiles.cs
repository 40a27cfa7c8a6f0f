using System.Diagnostics;
using Platform.Model.Pictures;

namespace Platform.Model.Tests.Pictures;

/// <summary>Video files through an ffmpeg played by a script, and through the real one where the machine has it.</summary>
public sealed class VideoFiles : IDisposable
{
    private static readonly byte[] Mp4 = [0, 0, 0, 24, .. "ftypisom"u8, 0, 0, 2, 0];
    private static readonly VideoProcessorConfig Config = new();

    private readonly string _folder = Directory.CreateTempSubdirectory("ffmpeg").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Takes_the_sampled_frames_with_their_seconds()
    {
        // 36 frames at 12 a second are 3 s: 6 frames, of which each is filled with its own number.
        var media = await new VideoFileDecoder(Script(Listing(36), FramesOf("64 64")), new VideoLimits()).DecodeAsync(Mp4, Config, Cancellation);

        Assert.Equal([0, 7, 14, 21, 28, 35], media.Frames.Select(frame => (int)frame.Pixels[0]));
        Assert.Equal([3.5 / 12, 17.5 / 12, 31.5 / 12], media.Timestamps!.Select(second => Math.Round(second, 12)), (a, b) => Math.Abs(a - b) < 1e-9);
        Assert.Equal(new MediaGrid(3, 4, 4), media.Grid);
    }

    [Fact]
    public async Task Uses_the_frames_there_are_when_a_file_ends_early()
    {
        var media = await new VideoFileDecoder(Script(Listing(36), FramesOf("64 64", most: 3)), new VideoLimits()).DecodeAsync(Mp4, Config, Cancellation);
        Assert.Equal((3, 2), (media.Frames.Count, media.Timestamps!.Count));
    }

    [Fact]
    public async Task Says_that_ffmpeg_is_needed_where_there_is_none() =>
        Assert.Contains("ffmpeg", await RefusalAsync(new VideoFileDecoder(null, new VideoLimits()), Mp4), StringComparison.Ordinal);

    [Theory]
    [InlineData("#EXTM3U\nhttp://127.0.0.1/secret\n")]
    [InlineData("ffconcat version 1.0\nfile /etc/passwd\n")]
    [InlineData("")]
    public async Task Refuses_files_that_could_name_other_files(string content)
    {
        var decoder = new VideoFileDecoder(Script("exit 0", "exit 0"), new VideoLimits());
        Assert.Contains("no video", await RefusalAsync(decoder, System.Text.Encoding.UTF8.GetBytes(content)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ends_an_ffmpeg_that_takes_too_long()
    {
        var pidFile = Path.Combine(_folder, "pid");
        var decoder = new VideoFileDecoder(
            Script($"echo $$ > {pidFile}; sleep 600", "exit 0"), new VideoLimits { TimeLimit = TimeSpan.FromMilliseconds(500) });

        Assert.Contains("too long", await RefusalAsync(decoder, Mp4), StringComparison.Ordinal);
        await AssertEndedAsync(int.Parse(await File.ReadAllTextAsync(pidFile, Cancellation), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Tells_what_ffmpeg_said_without_the_servers_paths()
    {
        var refusal = await RefusalAsync(new VideoFileDecoder(Script("echo \"$input: moov atom not found\" >&2; exit 1", "exit 0"), new VideoLimits()), Mp4);
        Assert.Contains("the video: moov atom not found", refusal, StringComparison.Ordinal);
        Assert.DoesNotContain(Path.GetTempPath(), refusal, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuses_what_is_beyond_the_limits()
    {
        var script = Script(Listing(36), FramesOf("64 64"));
        Assert.Contains("at most 35 frames", await RefusalAsync(new VideoFileDecoder(script, new VideoLimits { MaxSourceFrames = 35 }), Mp4), StringComparison.Ordinal);
        Assert.Contains("At most 3", await RefusalAsync(new VideoFileDecoder(script, new VideoLimits { MaxFileBytes = 3 }), Mp4), StringComparison.Ordinal);

        var bomb = Script(Listing(36), FramesOf("30000 30000"));
        Assert.Contains("30000x30000", await RefusalAsync(new VideoFileDecoder(bomb, new VideoLimits()), Mp4), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("printf 'hello'", "exit 0")]
    [InlineData("exit 0", "exit 0")]
    [InlineData("echo '#tb 0: 1/0'", "exit 0")]
    [InlineData(null, "printf 'P5\\n2 2\\n255\\n'")]
    [InlineData(null, "printf 'P6\\n64 64\\n255\\nabc'")]
    [InlineData(null, "printf 'P6\\n6464646464646464'")]
    [InlineData(null, "exit 0")]
    public async Task Refuses_what_is_no_output_of_ffmpeg(string? listing, string frames) =>
        Assert.Contains(
            "cannot be decoded",
            await RefusalAsync(new VideoFileDecoder(Script(listing ?? Listing(36), frames), new VideoLimits()), Mp4),
            StringComparison.Ordinal);

    [Theory]
    [InlineData("mp4", "mov")]
    [InlineData("webm", "matroska")]
    public async Task Decodes_a_real_clip_where_ffmpeg_is_on_the_path(string extension, string demuxer)
    {
        var ffmpeg = VideoFileDecoder.FindOnPath();
        if (ffmpeg is null)
            Assert.Skip("No ffmpeg on the PATH; put one there to decode a real clip.");
        var path = Path.Combine(_folder, $"clip.{extension}");
        using (var process = Process.Start(ffmpeg, $"-v error -f lavfi -i testsrc=size=128x96:rate=12:duration=3 {path}"))
            await process.WaitForExitAsync(Cancellation);

        var media = await new VideoFileDecoder(ffmpeg, new VideoLimits()).DecodeAsync(await File.ReadAllBytesAsync(path, Cancellation), Config, Cancellation);

        Assert.Equal((demuxer, 6, 3), (demuxer, media.Frames.Count, media.Timestamps!.Count));
        Assert.All(media.Timestamps!.Zip([3.5 / 12, 17.5 / 12, 31.5 / 12]), pair => Assert.Equal(pair.Second, pair.First, 0.01));
        Assert.Equal(6, media.Frames.Select(frame => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(frame.Pixels))).Distinct().Count());
    }

    private static string Listing(int frames) => $"""
        echo '#tb 0: 1/1200'
        for i in $(seq 0 {frames - 1}); do echo "0, $((i * 100 - 100)), $((i * 100)), 100, 50, 0x0"; done
        """;

    private static string FramesOf(string size, int most = 1000) => $"""
        for n in $(printf '%s\n' "$@" | grep -o 'eq(n,[0-9]*' | cut -d, -f2 | head -{most}); do
          printf 'P6\n{size}\n255\n'; head -c 12288 /dev/zero | tr '\0' "\\$(printf %03o $n)"
        done
        """;

    /// <summary>An ffmpeg that runs one script when packets are listed and another when frames are decoded.</summary>
    private string Script(string listing, string frames)
    {
        if (OperatingSystem.IsWindows())
            Assert.Skip("The stand-in for ffmpeg is a shell script.");
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, $"""
            #!/usr/bin/env bash
            input=$(printf '%s\n' "$@" | grep '/input$')
            if printf '%s\n' "$@" | grep -q framecrc; then
            {listing}
            else
            {frames}
            fi

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    private static async Task<string> RefusalAsync(VideoFileDecoder decoder, byte[] file) =>
        (await Assert.ThrowsAsync<PictureException>(() => decoder.DecodeAsync(file, Config, Cancellation))).Message;

    private static async Task AssertEndedAsync(int processId)
    {
        for (var attempt = 0; attempt < 200; attempt++)
        {
            var state = $"/proc/{processId}/stat";
            if (!File.Exists(state) || (await File.ReadAllTextAsync(state, Cancellation)).Contains(") Z ", StringComparison.Ordinal))
                return;
            await Task.Delay(50, Cancellation);
        }

        Assert.Fail($"Process {processId} still runs.");
    }
}
