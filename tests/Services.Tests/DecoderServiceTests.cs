using Grpc.Core;
using Platform.Contracts.Decoding;

namespace Services.Tests;

/// <summary>The real engine behind the decoding contract.</summary>
public sealed class DecoderServiceTests(RealPlatform platform) : IClassFixture<RealPlatform>
{
    // The checkpoint's end-of-turn id, from its generation config.
    private const int EndOfTurn = 8002;

    private static readonly GoldenRequest Plain = Goldens.Request("plain");

    [Theory]
    [InlineData("plain")]
    [InlineData("tools")]
    [InlineData("no-thinking")]
    public async Task Greedy_ids_are_those_of_the_reference(string name)
    {
        var golden = Goldens.Request(name);
        var events = await platform.Decoder.GenerateAsync(DecoderCalls.Greedy(golden.Generated.Length), golden.Ids);

        Assert.Equal(golden.Generated, events.Ids());
        Assert.Equal(FinishReason.Length, events.Finish().Reason);
        Assert.Equal(golden.Ids.Length, events[0].Accepted.PromptTokens);
        Assert.StartsWith("k", events[0].Accepted.NumericsId, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_first_token_comes_alone_and_the_rest_in_fewer_messages_than_tokens()
    {
        var events = await platform.Decoder.GenerateAsync(DecoderCalls.Greedy(200), Plain.Ids);
        var messages = events.Where(e => e.Tokens is not null).Select(e => e.Tokens.Tokens_.Count).ToList();
        Assert.Equal(1, messages[0]);
        Assert.Equal(200, messages.Sum());
    }

    [Fact]
    public async Task A_stop_id_ends_the_choice_and_is_not_delivered()
    {
        var start = DecoderCalls.Greedy(10);
        start.Sampling.LogitBias[EndOfTurn] = 100;
        var events = await platform.Decoder.GenerateAsync(start, Plain.Ids);
        Assert.Empty(events.Ids());
        Assert.Equal(FinishReason.Stop, events.Finish().Reason);

        start = DecoderCalls.Greedy(3);
        start.Sampling.LogitBias[EndOfTurn] = 100;
        start.IgnoreEos = true;
        events = await platform.Decoder.GenerateAsync(start, Plain.Ids);
        Assert.Equal([EndOfTurn, EndOfTurn, EndOfTurn], events.Ids());
        Assert.All(events.Where(e => e.Tokens is not null).SelectMany(e => e.Tokens.Tokens_), token => Assert.True(token.Special));
    }

    [Fact]
    public async Task The_callers_own_stop_ids_count_too()
    {
        var start = DecoderCalls.Greedy(24);
        start.StopTokenIds.Add(Plain.Generated[5]);
        var events = await platform.Decoder.GenerateAsync(start, Plain.Ids);
        Assert.Equal(Plain.Generated.Take(5), events.Ids());
        Assert.Equal(FinishReason.Stop, events.Finish().Reason);
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_stop_string_ends_the_choice_in_a_chat_only_in_its_content(bool chat, bool insideReasoning)
    {
        // The 14th token of the stored answer is plain ASCII text and does not occur before.
        var stop = await platform.Tokenizer.DecodeAsync([Plain.Generated[13]]);
        var start = DecoderCalls.Greedy(24);
        start.Stop.Add(stop);
        start.Chat = chat;
        start.Reasoning = new ReasoningControl { StartsOpen = insideReasoning };
        var events = await platform.Decoder.GenerateAsync(start, Plain.Ids);

        if (insideReasoning)
            Assert.Equal(Plain.Generated, events.Ids());
        else
            Assert.Equal((FinishReason.Stop, true), (events.Finish().Reason, events.Ids().Length <= 14 && events.Ids().SequenceEqual(Plain.Generated.Take(events.Ids().Length))));
    }

    [Fact]
    public async Task Logprobs_come_with_alternatives_when_asked_for()
    {
        var start = DecoderCalls.Greedy(2);
        start.Logprobs = true;
        start.TopLogprobs = 3;
        var token = (await platform.Decoder.GenerateAsync(start, Plain.Ids)).First(e => e.Tokens is not null).Tokens.Tokens_[0];
        Assert.Equal(3, token.Top.Count);
        Assert.Equal((token.Id, token.Logprob), (token.Top[0].Id, token.Top[0].Logprob));
        Assert.True(token.Logprob < 0);
    }

    [Fact]
    public async Task Replayed_tokens_are_continued_not_repeated()
    {
        var start = DecoderCalls.Greedy(24);
        start.ReplayIds.AddRange(Plain.Generated.Take(10));
        Assert.Equal(Plain.Generated.Skip(10), (await platform.Decoder.GenerateAsync(start, Plain.Ids)).Ids());
    }

    [Fact]
    public async Task A_caller_that_leaves_frees_its_sequence()
    {
        var engine = platform.Platform.Engine;
        var before = engine.Statistics.Cancellations;
        using var leaving = new CancellationTokenSource();
        // Far more tokens than the first message, so that it cannot end by itself first.
        var start = DecoderCalls.Greedy(16_000);
        start.IgnoreEos = true;
        using var call = await platform.Decoder.BeginAsync(start, Plain.Ids, leaving.Token);
        while (await call.ResponseStream.MoveNext(TestContext.Current.CancellationToken) && call.ResponseStream.Current.Tokens is null)
        {
        }

        Assert.Equal(1, engine.Statistics.Live);
        await leaving.CancelAsync();
        while (engine.Statistics is var now && (now.Live > 0 || now.FreePages < now.TotalPages || now.FreeSlots < now.TotalSlots))
            await Task.Delay(20, TestContext.Current.CancellationToken);
        Assert.Equal(before + 1, engine.Statistics.Cancellations);
    }

    [Fact]
    public async Task A_prompt_of_the_same_salt_comes_from_the_cache_and_says_the_same()
    {
        var prompt = Plain.Ids;
        var start = DecoderCalls.Greedy(24);
        start.CacheSalt = "one project";
        start.CheckpointPositions.Add(prompt.Length - 4);
        var first = await platform.Decoder.GenerateAsync(start, prompt);
        var again = await platform.Decoder.GenerateAsync(start, prompt);
        start.CacheSalt = "another project";
        var stranger = await platform.Decoder.GenerateAsync(start, prompt);
        Assert.Equal((0, prompt.Length - 4, 0), (first.Finish().CachedTokens, again.Finish().CachedTokens, stranger.Finish().CachedTokens));
        Assert.Equal(first.Ids(), again.Ids());
        Assert.Equal(first.Ids(), stranger.Ids());

        start.CheckpointPositions.Add(prompt.Length + 1);
        Assert.Contains("checkpoint position", (await RefusedAsync(start, prompt)).Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_lower_epoch_of_the_same_response_is_refused()
    {
        var start = DecoderCalls.Greedy(1);
        start.Epoch = 5;
        await platform.Decoder.GenerateAsync(start, Plain.Ids);
        start.Epoch = 4;
        Assert.Equal(StatusCode.FailedPrecondition, (await RefusedAsync(start, Plain.Ids)).StatusCode);
        start.Epoch = 5;
        await platform.Decoder.GenerateAsync(start, Plain.Ids);
    }

    [Fact]
    public async Task What_cannot_be_served_as_asked_is_the_callers_mistake()
    {
        var otherModel = DecoderCalls.Greedy(1);
        otherModel.Model = "another";
        var hot = DecoderCalls.Greedy(1);
        hot.Sampling.Temperature = -1;
        var picture = DecoderCalls.Greedy(1);
        picture.Media.Add(new MediaItem { Key = "k", Grid = new() { T = 1, H = 4, W = 4 } });
        var tools = DecoderCalls.Greedy(1);
        (tools.Chat, tools.ToolsJson) = (true, Google.Protobuf.ByteString.CopyFromUtf8("{"));
        tools.Stop.Add("x");
        foreach (var (start, prompt) in new[] { (otherModel, Plain.Ids), (hot, Plain.Ids), (picture, Plain.Ids), (tools, Plain.Ids), (DecoderCalls.Greedy(1), []) })
        {
            var refused = await RefusedAsync(start, prompt);
            Assert.Equal(StatusCode.InvalidArgument, refused.StatusCode);
            Assert.NotEmpty(refused.Status.Detail);
        }
    }

    private async Task<RpcException> RefusedAsync(GenerateStart start, int[] prompt) =>
        await Assert.ThrowsAsync<RpcException>(() => platform.Decoder.GenerateAsync(start, prompt));
}
