using System.Runtime.InteropServices;
using Grpc.Core;
using Platform.Contracts.Vision;

namespace Services.Tests.Vision;

public sealed class VisionEmbeddings
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Come_in_parts_of_at_most_one_mebibyte_that_make_the_whole()
    {
        const int hiddenSize = 1_500;
        using var tower = new PlayedTower(hiddenSize);
        await using var host = await VisionHost.StartAsync(tower.Model);
        var upload = await host.UploadPictureAsync(VisionHost.Png(640, 640, red: 255));
        Assert.Equal(400, upload.TokenCount);

        var parts = await host.PullAsync(new MediaReference { Key = upload.Key });

        Assert.True(parts.Count >= 3);
        Assert.All(parts, part => Assert.InRange(part.CalculateSize(), 1, 1 << 20));
        Assert.Equal(400, parts.Sum(part => part.Rows));
        foreach (var part in parts)
        {
            var values = MemoryMarshal.Cast<byte, float>(part.Values.Span);
            Assert.Equal((hiddenSize, part.Rows * hiddenSize), (part.HiddenSize, values.Length));
            Assert.Equal(PlayedTower.Value(part.FirstRow, 0, 1), values[0]);
            Assert.Equal(PlayedTower.Value(part.FirstRow + part.Rows - 1, hiddenSize - 1, 1), values[^1]);
        }
    }

    [Fact]
    public async Task Are_computed_once_for_everyone_who_asks()
    {
        using var tower = new PlayedTower(8, open: false);
        await using var host = await VisionHost.StartAsync(tower.Model);
        var reference = await UploadAsync(host, 1);

        var embeds = Enumerable.Range(0, 8).Select(_ => host.Client.EmbedAsync(reference, cancellationToken: Cancellation).ResponseAsync).ToList();
        var pull = host.PullAsync(reference);
        await tower.EnteredAsync(Cancellation);
        tower.Open();

        Assert.All(await Task.WhenAll(embeds), reply => Assert.Equal((4, 8), (reply.Rows, reply.HiddenSize)));
        Assert.Equal(4, Assert.Single(await pull).Rows);
        await host.PullAsync(reference);
        Assert.Equal(1, host.Statistics.Computations);
    }

    [Fact]
    public async Task Are_hidden_from_another_salt()
    {
        using var tower = new PlayedTower(8);
        await using var host = await VisionHost.StartAsync(tower.Model);
        var upload = await host.UploadPictureAsync(VisionHost.Png(64, 64), "mine");

        var refusal = await VisionHost.RefusalAsync(() => host.PullAsync(new MediaReference { Key = upload.Key, Salt = "yours" }));

        Assert.Equal(StatusCode.NotFound, refusal.StatusCode);
        Assert.Single(await host.PullAsync(new MediaReference { Key = upload.Key, Salt = "mine" }));
    }

    [Fact]
    public async Task Are_dropped_when_unused_longest_and_come_back_with_a_new_upload()
    {
        using var tower = new PlayedTower(65_536);
        // Each picture of 4 tokens takes 1 MiB: room for two.
        await using var host = await VisionHost.StartAsync(tower.Model, options => options.CacheBytes = 2 << 20);
        var first = await UploadAsync(host, 1);
        var second = await UploadAsync(host, 2);
        await host.Client.EmbedAsync(first, cancellationToken: Cancellation);
        var third = await UploadAsync(host, 3);

        Assert.Equal(StatusCode.NotFound, (await VisionHost.RefusalAsync(() => host.PullAsync(second))).StatusCode);
        Assert.NotEmpty(await host.PullAsync(first));
        Assert.NotEmpty(await host.PullAsync(third));
        Assert.Equal((1, 2, 2L << 20), (host.Statistics.Evictions, host.Statistics.HeldMedia, host.Statistics.HeldBytes));

        Assert.Equal(second, await UploadAsync(host, 2));
        Assert.NotEmpty(await host.PullAsync(second));
    }

    [Fact]
    public async Task Are_refused_when_they_alone_are_larger_than_the_cache()
    {
        using var tower = new PlayedTower(65_536);
        await using var host = await VisionHost.StartAsync(tower.Model, options => options.CacheBytes = (1 << 20) + 1);

        var refusal = await VisionHost.RefusalAsync(() => host.UploadPictureAsync(VisionHost.Png(96, 64)));

        Assert.Equal(StatusCode.InvalidArgument, refusal.StatusCode);
        Assert.Contains("1048577", refusal.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stop_being_computed_when_everyone_has_gone()
    {
        using var tower = new PlayedTower(8, open: false);
        await using var host = await VisionHost.StartAsync(tower.Model);
        var reference = await UploadAsync(host, 1);
        using var gone = new CancellationTokenSource();

        var embed = host.Client.EmbedAsync(reference, cancellationToken: gone.Token).ResponseAsync;
        await tower.EnteredAsync(Cancellation);
        await gone.CancelAsync();
        await Assert.ThrowsAsync<RpcException>(() => embed);
        while (Volatile.Read(ref tower.Cancelled) == 0)
            await Task.Delay(10, Cancellation);

        tower.Open();
        Assert.Equal(4, Assert.Single(await host.PullAsync(reference)).Rows);
    }

    [Fact]
    public async Task Go_on_for_those_who_stay()
    {
        using var tower = new PlayedTower(8, open: false);
        await using var host = await VisionHost.StartAsync(tower.Model);
        var reference = await UploadAsync(host, 1);
        using var gone = new CancellationTokenSource();

        var leaver = host.Client.EmbedAsync(reference, cancellationToken: gone.Token).ResponseAsync;
        await tower.EnteredAsync(Cancellation);
        var stayer = host.PullAsync(reference);
        using (var watch = host.Client.Pull(reference, cancellationToken: Cancellation))
        {
            await gone.CancelAsync();
            await Assert.ThrowsAsync<RpcException>(() => leaver);
            tower.Open();
            Assert.True(await watch.ResponseStream.MoveNext(Cancellation));
        }

        Assert.Equal(4, Assert.Single(await stayer).Rows);
    }

    [Fact]
    public async Task Are_refused_when_too_many_media_wait_for_the_tower()
    {
        using var tower = new PlayedTower(8, open: false);
        await using var host = await VisionHost.StartAsync(tower.Model, options => options.MaxWaitingEmbeddings = 0);
        var first = await UploadAsync(host, 1);
        var second = await UploadAsync(host, 2);

        var working = host.Client.EmbedAsync(first, cancellationToken: Cancellation).ResponseAsync;
        await tower.EnteredAsync(Cancellation);
        var refusal = await VisionHost.RefusalAsync(() => host.Client.EmbedAsync(second, cancellationToken: Cancellation).ResponseAsync);
        tower.Open();

        Assert.Equal(StatusCode.ResourceExhausted, refusal.StatusCode);
        Assert.Equal(4, (await working).Rows);
        Assert.Single(await host.PullAsync(second));
    }

    [Fact]
    public async Task Are_tried_again_after_a_failure()
    {
        using var tower = new PlayedTower(8) { Fails = true };
        await using var host = await VisionHost.StartAsync(tower.Model);
        var reference = await UploadAsync(host, 1);

        Assert.Equal(StatusCode.Unknown, (await VisionHost.RefusalAsync(() => host.PullAsync(reference))).StatusCode);
        tower.Fails = false;

        Assert.Single(await host.PullAsync(reference));
    }

    /// <summary>Uploads a picture of 4 tokens.</summary>
    private static async Task<MediaReference> UploadAsync(VisionHost host, byte red) =>
        new() { Key = (await host.UploadPictureAsync(VisionHost.Png(64, 64, red))).Key };
}
