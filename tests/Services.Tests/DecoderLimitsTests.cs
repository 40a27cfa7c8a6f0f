using Grpc.Core;
using Platform.Contracts.Decoding;
using Platform.Engine;
using Platform.Grains;

namespace Services.Tests;

/// <summary>A decoder that is full, and one that leaves.</summary>
public sealed class DecoderLimitsTests
{
    [Fact]
    public async Task A_full_decoder_says_so_at_once_and_takes_the_next_when_there_is_room()
    {
        await using var platform = await RealPlatform.StartAsync(new EngineOptions { MaxSequences = 1, MaxQueued = 0, Pages = 64 });
        var decoder = new Decoding.DecodingClient(platform.Sidecar.For("decoder"));
        var prompt = Goldens.Request("plain").Ids;
        using var leaving = new CancellationTokenSource();
        var endless = DecoderCalls.Greedy(3000);
        endless.IgnoreEos = true;
        using var first = await decoder.BeginAsync(endless, prompt, leaving.Token);
        Assert.True(await first.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        var refused = await Assert.ThrowsAsync<RpcException>(() => decoder.GenerateAsync(DecoderCalls.Greedy(1), prompt));
        Assert.Equal(StatusCode.ResourceExhausted, refused.StatusCode);

        await leaving.CancelAsync();
        while (true)
        {
            try
            {
                Assert.Single((await decoder.GenerateAsync(DecoderCalls.Greedy(1), prompt)).Ids());
                return;
            }
            catch (RpcException error) when (error.StatusCode == StatusCode.ResourceExhausted)
            {
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
        }
    }

    [Fact]
    public async Task A_running_sequence_ends_when_the_decoder_stops()
    {
        var platform = await RealPlatform.StartAsync();
        var decoder = new Decoding.DecodingClient(platform.Sidecar.For("decoder"));
        var endless = DecoderCalls.Greedy(10_000);
        endless.IgnoreEos = true;
        using var call = await decoder.BeginAsync(endless, Goldens.Request("plain").Ids, TestContext.Current.CancellationToken);
        Assert.True(await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken));

        var stopping = platform.DisposeAsync();
        var error = await Assert.ThrowsAsync<RpcException>(async () =>
        {
            while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken))
            {
            }
        });
        await stopping;
        Assert.True(error.StatusCode == StatusCode.Unavailable, error.ToString());
    }

    [Fact]
    public async Task The_whole_way_through_the_grains_gives_the_references_ids()
    {
        await using var platform = await RealPlatform.StartAsync();
        var golden = Goldens.Request("tools");
        var response = platform.Grains.GetGrain<IResponseGrain>("whole-way");
        var accepted = Assert.IsType<ResponseAccepted>(await response.StartAsync(
            new ResponseRequest
            {
                Model = Goldens.Model,
                Prompt = new ChatResponsePrompt { Json = golden.Json },
                Sampling = new SamplingSettings { Temperature = 0, Seed = 1 },
                MaxTokens = golden.Generated.Length,
            },
            TestContext.Current.CancellationToken));
        List<int> ids = [];
        await foreach (var next in response.ReadAsync(0, TestContext.Current.CancellationToken))
            ids.AddRange(next is TokensEvent tokens ? tokens.Tokens.Select(token => token.Id) : []);

        Assert.Equal(golden.Generated, ids);
        Assert.Equal((golden.Ids.Length, true), (accepted.PromptTokens, accepted.OpensReasoning));
    }
}
