using Conformance.ScriptedDecoder;

namespace Platform.Grains.Tests;

/// <summary>Responses that cannot start, and decoders that do not take them.</summary>
public sealed class ResponseRefusalTests
{
    [Fact]
    public async Task An_unknown_model_is_a_404()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var refused = await RefusedAsync(platform, GrainFixture.Request() with { Model = "no-such-model" });
        Assert.Equal((404, "model_not_found", "model"), (refused.Status, refused.Code, refused.Parameter));
    }

    [Fact]
    public async Task A_prompt_that_fills_the_context_is_refused_with_the_numbers()
    {
        var decoder = GrainFixture.Decoder("x");
        decoder.MaxContext = 4;
        await using var platform = await GrainFixture.StartAsync(decoder);
        var prompt = new TokenResponsePrompt([1, 2, 3, 4]);
        var refused = await RefusedAsync(platform, GrainFixture.Request() with { Prompt = prompt });
        Assert.Equal((400, "context_length_exceeded"), (refused.Status, refused.Code));
        Assert.Contains("has 4 tokens", refused.Message, StringComparison.Ordinal);
        Assert.Contains("is 4 tokens", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Output_is_fitted_to_the_context()
    {
        var decoder = GrainFixture.Decoder("a b c d e f g h i j");
        decoder.MaxContext = 7;
        await using var platform = await GrainFixture.StartAsync(decoder);
        var response = platform.NewResponse();
        var request = GrainFixture.Request(maxTokens: 1000) with { Prompt = new TokenResponsePrompt([1, 2, 3, 4]) };
        var accepted = Assert.IsType<ResponseAccepted>(await response.StartAsync(request, GrainFixture.Patience));
        var events = await response.ReadAllAsync();

        Assert.Equal((4, 3), (accepted.PromptTokens, accepted.MaxTokens));
        Assert.Equal(3, events.OfType<TokensEvent>().Sum(e => e.Tokens.Count));
        Assert.Equal(ResponseFinish.Length, events.Finish().Reason);
    }

    [Fact]
    public async Task Ids_that_mean_nothing_are_refused()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var refused = await RefusedAsync(platform, GrainFixture.Request() with { Prompt = new TokenResponsePrompt([1, 999_999]) });
        Assert.Equal((400, "invalid_prompt"), (refused.Status, refused.Code));
    }

    [Fact]
    public async Task An_empty_prompt_is_refused()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        Assert.Equal(400, (await RefusedAsync(platform, GrainFixture.Request(text: ""))).Status);
    }

    [Fact]
    public async Task A_conversation_that_breaks_the_templates_rules_is_refused_with_its_words()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var chat = new ChatResponsePrompt { Json = """{"messages":[{"role":"wizard","content":"hi"}]}"""u8.ToArray() };
        var refused = await RefusedAsync(platform, GrainFixture.Request() with { Prompt = chat });
        Assert.Equal(400, refused.Status);
        Assert.NotEmpty(refused.Message);
        Assert.Equal("messages", refused.Parameter);
    }

    [Fact]
    public async Task A_full_decoder_sends_the_response_to_another()
    {
        var full = GrainFixture.Decoder("from the full one", "decoder-a");
        full.Capacity = 0;
        var other = GrainFixture.Decoder("from the other", "decoder-b");
        await using var platform = await GrainFixture.StartAsync([full, other]);
        await platform.RegisterAsync(full, GrainFixture.Patience);
        await platform.RegisterAsync(other, GrainFixture.Patience);

        for (var i = 0; i < 4; i++)
            Assert.Equal("from the other", (await (await platform.AcceptedAsync(GrainFixture.Request())).ReadAllAsync()).TextOf());
    }

    [Fact]
    public async Task When_every_decoder_is_full_the_answer_is_429_with_a_time()
    {
        var full = GrainFixture.Decoder("x");
        full.Capacity = 0;
        await using var platform = await GrainFixture.StartAsync(full);
        var refused = await RefusedAsync(platform, GrainFixture.Request());
        Assert.Equal((429, "decoders_full"), (refused.Status, refused.Code));
        Assert.NotNull(refused.RetryAfter);
    }

    [Fact]
    public async Task Choices_that_do_not_fit_together_leave_nothing_running()
    {
        var decoder = new ScriptedDecoder("decoder-a", GrainFixture.Model, _ => new ScriptedReply("one two")
        {
            BeforeToken = (_, token) => Task.Delay(Timeout.Infinite, token),
        })
        {
            Capacity = 2,
        };
        await using var platform = await GrainFixture.StartAsync(decoder);
        Assert.Equal(429, (await RefusedAsync(platform, GrainFixture.Request(choices: 3))).Status);
        await GrainFixture.UntilAsync(() => decoder.Running == 0);
    }

    [Fact]
    public async Task A_decoder_that_is_registered_but_gone_is_a_503()
    {
        await using var platform = await GrainFixture.StartAsync(GrainFixture.Decoder("x"));
        var gone = platform.Platform.Grains.GetGrain<IDecoderDirectoryGrain>("ghost-model");
        var served = await platform.Platform.Grains.GetGrain<IDecoderDirectoryGrain>(GrainFixture.Model).DescribeAsync();
        await gone.HeartbeatAsync(new DecoderLoad("nobody", served! with { Name = "ghost-model" }, 0, 0, 1, 1));
        var refused = await RefusedAsync(platform, GrainFixture.Request() with { Model = "ghost-model" });
        Assert.Equal((503, "no_decoder"), (refused.Status, refused.Code));
    }

    private static async Task<ResponseRefused> RefusedAsync(ScriptedPlatform platform, ResponseRequest request) =>
        Assert.IsType<ResponseRefused>(await platform.NewResponse().StartAsync(request, GrainFixture.Patience));
}
