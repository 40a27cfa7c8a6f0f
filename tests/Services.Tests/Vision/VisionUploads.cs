using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Platform.Contracts.Tokenization;
using Platform.Contracts.Vision;

namespace Services.Tests.Vision;

public sealed class VisionUploads
{
    private static readonly UploadOptions Video = new() { Kind = MediaKind.Video };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answer_key_grid_tokens_and_pixel_hash()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model);

        var reply = await host.UploadPictureAsync(VisionHost.Png(96, 64), salt: "tenant");

        Assert.Equal((MediaKind.Picture, 1, 4, 6, 6), (reply.Grid.Kind, reply.Grid.T, reply.Grid.H, reply.Grid.W, reply.TokenCount));
        Assert.Empty(reply.Grid.Timestamps);
        Assert.Equal((64, 64), (reply.Key.Length, reply.PixelHash.Length));
    }

    [Fact]
    public async Task Give_equal_pixels_one_key_within_a_salt_and_another_outside_it()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model);

        var first = await host.UploadPictureAsync(VisionHost.Png(64, 64), "a");
        var again = await host.UploadPictureAsync(VisionHost.Png(64, 64), "a");
        var stranger = await host.UploadPictureAsync(VisionHost.Png(64, 64), "b");
        var other = await host.UploadPictureAsync(VisionHost.Png(64, 64, red: 11), "a");

        Assert.Equal(first, again);
        Assert.Equal(first.PixelHash, stranger.PixelHash);
        Assert.Equal(3, new[] { first.Key, stranger.Key, other.Key }.Distinct().Count());
        Assert.Equal((4, 1, 3), (host.Statistics.Uploads, host.Statistics.UploadHits, host.Statistics.HeldMedia));
    }

    [Fact]
    public async Task Take_a_list_of_pictures_with_a_rate_for_a_video()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model);
        var frames = Enumerable.Range(0, 5).Select(i => VisionHost.Png(64, 64, (byte)i)).ToArray();

        var reply = await host.UploadAsync(new UploadOptions { Kind = MediaKind.Video, Fps = 2 }, frames);

        Assert.Equal((MediaKind.Video, 3, 4, 4, 12), (reply.Grid.Kind, reply.Grid.T, reply.Grid.H, reply.Grid.W, reply.TokenCount));
        Assert.Equal([0.25, 1.25, 2.0], reply.Grid.Timestamps);
    }

    [Fact]
    public async Task Take_an_animation_for_a_video()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model);

        var refusal = await VisionHost.RefusalAsync(() => host.UploadAsync(Video, File.ReadAllBytes(Repository.Golden("picture-decode", "animated.gif"))));
        Assert.Contains("at least 32", refusal.Detail, StringComparison.Ordinal);

        var reply = await host.UploadAsync(Video, TwoFrameGif(64, 64));
        Assert.Equal((1, 4, 4), (reply.Grid.T, reply.Grid.H, reply.Grid.W));
        Assert.Equal([0.25], reply.Grid.Timestamps.Select(second => Math.Round(second, 9)));
    }

    [Fact]
    public async Task Say_that_a_video_file_needs_ffmpeg()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model, options => options.FfmpegPath = "");

        var refusal = await VisionHost.RefusalAsync(() => host.UploadAsync(Video, [0, 0, 0, 24, .. "ftypisom"u8, 0, 0]));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("ffmpeg", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Refuse_what_cannot_be_used_with_a_message_for_the_client()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model, options =>
        {
            options.MaxUploadBytes = 20_000;
            options.MaxFiles = 3;
            options.MaxAnimationPixels = 2 * 64 * 64;
            options.MaxPictureSide = 4_000;
        });
        var png = VisionHost.Png(64, 64);

        await AssertRefusedAsync("PNG, JPEG", () => host.UploadPictureAsync(Encoding.UTF8.GetBytes("hello")));
        await AssertRefusedAsync("no bytes", () => host.UploadPictureAsync([]));
        await AssertRefusedAsync("200 times", () => host.UploadPictureAsync(VisionHost.Png(1, 201)));
        await AssertRefusedAsync("4000 pixels", () => host.UploadPictureAsync(VisionHost.Png(4_001, 60)));
        await AssertRefusedAsync("20000 bytes", () => host.UploadPictureAsync(new byte[20_001]));
        await AssertRefusedAsync("more than 3 pictures", () => host.UploadAsync(Video, png, png, png, png));
        await AssertRefusedAsync("All frames together", () => host.UploadAsync(Video, png, png, png));
        await AssertRefusedAsync("one size", () => host.UploadAsync(Video, png, VisionHost.Png(32, 64)));
        await AssertRefusedAsync("one file", () => host.UploadAsync(new UploadOptions { Kind = MediaKind.Picture }, png, png));
        await AssertRefusedAsync("picture or video", () => host.UploadAsync(new UploadOptions(), png));
        await AssertRefusedAsync("positive number", () => host.UploadAsync(new UploadOptions { Kind = MediaKind.Video, Fps = double.NaN }, png));
        await AssertRefusedAsync("out of order", () => SendAsync(host, new UploadPart { Data = ByteString.CopyFrom(png) }));
        await AssertRefusedAsync("out of order", () => SendAsync(host, new UploadPart { Options = Video }, new UploadPart { Options = Video }));
        await AssertRefusedAsync("no options", () => SendAsync(host));

        Assert.Equal(0, host.Statistics.HeldMedia);
        Assert.NotEmpty((await host.UploadPictureAsync(png)).Key);
    }

    [Fact]
    public async Task Turn_away_more_than_may_wait_and_give_places_back()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model, options => (options.MaxUploads, options.MaxWaitingUploads) = (1, 0));

        using var slow = host.Client.Upload(cancellationToken: Cancellation);
        await slow.RequestStream.WriteAsync(new UploadPart { Options = Video }, Cancellation);
        await EventuallyAsync(async () =>
        {
            try
            {
                await host.UploadPictureAsync(VisionHost.Png(32, 32));
                return false;
            }
            catch (RpcException e)
            {
                return e.StatusCode == StatusCode.ResourceExhausted;
            }
        });

        slow.Dispose();
        await EventuallyAsync(async () =>
        {
            try
            {
                return (await host.UploadPictureAsync(VisionHost.Png(32, 32))).TokenCount == 1;
            }
            catch (RpcException e) when (e.StatusCode == StatusCode.ResourceExhausted)
            {
                return false;
            }
        });
    }

    [Fact]
    public async Task Give_a_slow_senders_place_back()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model, options => options.UploadTimeout = TimeSpan.FromMilliseconds(200));

        using var slow = host.Client.Upload(cancellationToken: Cancellation);
        await slow.RequestStream.WriteAsync(new UploadPart { Options = Video }, Cancellation);

        Assert.Equal(StatusCode.DeadlineExceeded, (await VisionHost.RefusalAsync(async () => await slow.ResponseAsync)).StatusCode);
    }

    private static async Task AssertRefusedAsync(string rule, Func<Task> upload)
    {
        var refusal = await VisionHost.RefusalAsync(upload);
        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains(rule, refusal.Detail, StringComparison.Ordinal);
    }

    private static async Task SendAsync(VisionHost host, params UploadPart[] parts)
    {
        using var call = host.Client.Upload(cancellationToken: Cancellation);
        foreach (var part in parts)
            await call.RequestStream.WriteAsync(part, Cancellation);
        await call.RequestStream.CompleteAsync();
        await call.ResponseAsync;
    }

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        while (!await condition())
            await Task.Delay(20, Cancellation);
    }

    /// <summary>Two frames of half a second; each image is nothing but the end code, so every pixel stays the background.</summary>
    private static byte[] TwoFrameGif(byte width, byte height)
    {
        byte[] frame =
        [
            0x21, 0xF9, 4, 0, 50, 0, 0, 0, 0x2C, 0, 0, 0, 0, 1, 0, 1, 0, 0, 2, 2, 0x44, 0x01, 0,
        ];
        return [.. "GIF89a"u8, width, 0, height, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255, .. frame, .. frame, 0x3B];
    }
}
