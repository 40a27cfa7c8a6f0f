using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;

namespace Services.Tests;

/// <summary>The reasoning budget and the automatic decision, on the real engine.</summary>
public sealed class ReasoningControlTests(RealPlatform platform) : IClassFixture<RealPlatform>
{
    private const string Conversation = """{"messages":[{"role":"user","content":"Hello"}]}""";

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task The_closing_tag_is_written_when_the_budget_is_used_up(int budget)
    {
        var prompt = await PromptAsync(ReasoningMode.Thinking);
        var start = DecoderCalls.Greedy(budget + 12);
        start.Reasoning = new ReasoningControl { StartsOpen = true, Budget = budget };
        var ids = (await platform.Decoder.GenerateAsync(start, prompt)).Ids();
        var free = (await platform.Decoder.GenerateAsync(DecoderCalls.Greedy(budget + 12), prompt)).Ids();

        var closing = (await platform.Tokenizer.EncodeAsync("\n</think>\n\n"u8.ToArray(), SpecialTokens.Parse)).Ids;
        Assert.Equal(free.Take(budget), ids.Take(budget));
        Assert.Equal(closing, ids.Skip(budget).Take(closing.Length));
        Assert.Equal(budget + 12, ids.Length);
        Assert.Single(ids, closing[1]);
    }

    [Fact]
    public async Task A_block_that_closed_itself_is_left_alone()
    {
        var tag = (await platform.Tokenizer.EncodeAsync("</think>"u8.ToArray(), SpecialTokens.Parse)).Ids[0];
        var start = DecoderCalls.Greedy(12);
        start.Reasoning = new ReasoningControl { StartsOpen = true, Budget = 4 };
        start.ReplayIds.AddRange([100, tag]);
        var closed = (await platform.Decoder.GenerateAsync(start, await PromptAsync(ReasoningMode.Thinking))).Ids();
        Assert.DoesNotContain(tag, closed);
    }

    [Fact]
    public async Task A_newline_already_written_is_not_written_twice()
    {
        var newline = (await platform.Tokenizer.EncodeAsync("\n"u8.ToArray())).Ids[0];
        var start = DecoderCalls.Greedy(12);
        start.Reasoning = new ReasoningControl { StartsOpen = true, Budget = 2 };
        start.ReplayIds.AddRange([100, newline]);
        var ids = (await platform.Decoder.GenerateAsync(start, await PromptAsync(ReasoningMode.Thinking))).Ids();
        var closing = (await platform.Tokenizer.EncodeAsync("</think>\n\n"u8.ToArray(), SpecialTokens.Parse)).Ids;
        Assert.Equal(closing, ids.Take(closing.Length));
    }

    [Theory]
    [InlineData(0f, ReasoningMode.Fast)]
    [InlineData(1.5f, ReasoningMode.Thinking)]
    public async Task The_threshold_decides_and_the_decision_is_told_before_its_tokens(float threshold, ReasoningMode expected)
    {
        var start = DecoderCalls.Greedy(10);
        start.Reasoning = new ReasoningControl { Decide = true, CloseThreshold = threshold };
        var events = await platform.Decoder.GenerateAsync(start, await PromptAsync(ReasoningMode.Auto));

        Assert.Equal(GenerateEvent.EventOneofCase.ReasoningMode, events[1].EventCase);
        Assert.Equal(expected, events[1].ReasoningMode);
        var written = expected == ReasoningMode.Fast ? "\n\n</think>\n\n" : "\n";
        var forced = (await platform.Tokenizer.EncodeAsync(System.Text.Encoding.UTF8.GetBytes(written), SpecialTokens.Parse)).Ids;
        Assert.Equal(forced, events.Ids().Take(forced.Length));
    }

    [Fact]
    public async Task Deciding_for_thinking_gives_what_thinking_gives()
    {
        var start = DecoderCalls.Greedy(10);
        start.Reasoning = new ReasoningControl { Decide = true, CloseThreshold = 1.5f };
        var decided = (await platform.Decoder.GenerateAsync(start, await PromptAsync(ReasoningMode.Auto))).Ids();
        var thinking = (await platform.Decoder.GenerateAsync(DecoderCalls.Greedy(9), await PromptAsync(ReasoningMode.Thinking))).Ids();
        Assert.Equal(thinking, decided.Skip(1));
    }

    [Fact]
    public async Task The_decision_is_the_models_own_probability()
    {
        var prompt = await PromptAsync(ReasoningMode.Auto);
        var close = await CloseProbabilityAsync();
        foreach (var (threshold, expected) in new[] { (close * 0.99f, ReasoningMode.Fast), (close * 1.01f, ReasoningMode.Thinking) })
        {
            var start = DecoderCalls.Greedy(2);
            start.Reasoning = new ReasoningControl { Decide = true, CloseThreshold = threshold };
            Assert.Equal(expected, (await platform.Decoder.GenerateAsync(start, prompt))[1].ReasoningMode);
        }
    }

    // The small vocabulary has no token for a blank line: what decides is the second newline after the first.
    private async Task<float> CloseProbabilityAsync() => MathF.Exp(await LogprobAsync(await PromptAsync(ReasoningMode.Thinking), "\n"));

    private async Task<float> LogprobAsync(int[] prompt, string text)
    {
        var id = (await platform.Tokenizer.EncodeAsync(System.Text.Encoding.UTF8.GetBytes(text))).Ids.Single();
        var start = DecoderCalls.Greedy(1);
        start.Logprobs = true;
        start.Sampling.LogitBias[id] = 1000;
        var token = (await platform.Decoder.GenerateAsync(start, prompt)).Single(e => e.Tokens is not null).Tokens.Tokens_.Single();
        Assert.Equal(id, token.Id);
        return token.Logprob;
    }

    private async Task<int[]> PromptAsync(ReasoningMode mode) => (await platform.Tokenizer.RenderAsync(
        System.Text.Encoding.UTF8.GetBytes(Conversation), new RenderChatOptions { AddGenerationPrompt = true, ReasoningMode = mode })).Ids;
}
