using Grpc.Core;
using Platform.Contracts.Tokenization;

namespace Platform.Grains.Tests;

/// <summary>The embedded platform routes by app id as a sidecar does.</summary>
public sealed class ServiceRoutingTests
{
    [Fact]
    public async Task An_unknown_app_id_is_refused_with_a_status()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var error = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(platform.Platform.Sidecar.For("nobody")));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Contains("nobody", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_without_an_app_id_is_refused_with_a_status()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var error = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(platform.Platform.Sidecar.For("")));
        Assert.Equal(StatusCode.Unknown, error.StatusCode);
        Assert.Contains("dapr-app-id", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_app_reaches_only_its_own_services()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var error = await Assert.ThrowsAsync<RpcException>(() => DescribeAsync(platform.Platform.Sidecar.For("silo")));
        Assert.Equal(StatusCode.Unimplemented, error.StatusCode);
    }

    [Fact]
    public async Task Two_platforms_live_side_by_side()
    {
        await using var first = await GrainFixture.StartAsync(GrainFixture.Decoder("from the first"));
        await using var second = await GrainFixture.StartAsync(GrainFixture.Decoder("from the second"));
        Assert.Equal("from the first", (await (await first.AcceptedAsync(GrainFixture.Request())).ReadAllAsync()).TextOf());
        Assert.Equal("from the second", (await (await second.AcceptedAsync(GrainFixture.Request())).ReadAllAsync()).TextOf());
    }

    private static async Task DescribeAsync(CallInvoker invoker) =>
        await new Tokenization.TokenizationClient(invoker).DescribeAsync(new DescribeTokenizerRequest(), cancellationToken: GrainFixture.Patience);
}
