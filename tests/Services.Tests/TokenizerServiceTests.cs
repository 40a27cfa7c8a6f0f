using System.Text;
using Grpc.Core;
using Platform.Contracts.Tokenization;

namespace Services.Tests;

/// <summary>Conversations and text to ids and back, over the wire.</summary>
public sealed class TokenizerServiceTests(RealPlatform platform) : IClassFixture<RealPlatform>
{
    private const string Hello = """{"messages":[{"role":"user","content":"Hello"}]}""";

    [Theory]
    [InlineData("plain")]
    [InlineData("tools")]
    [InlineData("no-thinking")]
    public async Task Renders_the_stored_requests_to_their_ids_however_the_parts_are_cut(string name)
    {
        var golden = Goldens.Request(name);
        var mode = golden.Thinking switch { true => ReasoningMode.Thinking, false => ReasoningMode.Fast, null => ReasoningMode.Unspecified };
        foreach (var partBytes in new[] { 7, 64 * 1024 })
        {
            var (info, ids) = await platform.Tokenizer.RenderAsync(golden.Json, Options(mode), partBytes);
            Assert.Equal(golden.Ids, ids);
            Assert.Equal(golden.Thinking == false ? ReasoningMode.Fast : ReasoningMode.Thinking, info.ReasoningMode);
            Assert.Equal(golden.Thinking != false, info.OpensReasoning);
        }
    }

    [Fact]
    public async Task Widens_a_picture_to_its_merged_patches()
    {
        var golden = Goldens.Request("image");
        var options = Options(ReasoningMode.Unspecified);
        options.Media.Add(new MediaGrid { Kind = MediaKind.Picture, T = 1, H = 6, W = 8 });
        Assert.Equal(golden.Ids, (await platform.Tokenizer.RenderAsync(golden.Json, options)).Ids);
    }

    [Fact]
    public async Task A_picture_without_its_grid_is_refused()
    {
        var error = await InvalidAsync(() => platform.Tokenizer.RenderAsync(Goldens.Request("image").Json, Options(ReasoningMode.Unspecified)));
        Assert.Contains("picture", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Auto_ends_right_after_the_opening_tag()
    {
        var thinking = await platform.Tokenizer.RenderAsync(Encoding.UTF8.GetBytes(Hello), Options(ReasoningMode.Thinking));
        var auto = await platform.Tokenizer.RenderAsync(Encoding.UTF8.GetBytes(Hello), Options(ReasoningMode.Auto));

        Assert.Equal(ReasoningMode.Auto, auto.Info.ReasoningMode);
        Assert.Equal(thinking.Ids.SkipLast(1), auto.Ids);
        Assert.EndsWith("<think>", await platform.Tokenizer.DecodeAsync(auto.Ids), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_border_before_each_turn_and_the_one_behind_the_last_query()
    {
        const string json = """
            {"messages":[
              {"role":"system","content":"Be brief."},
              {"role":"user","content":"What is in <|im_start|>notes?"},
              {"role":"assistant","content":"","reasoning_content":"Look.","tool_calls":[{"type":"function","function":{"name":"read","arguments":{"path":"notes"}}}]},
              {"role":"tool","content":"Nothing."}],
             "tools":[{"type":"function","function":{"name":"read"}}]}
            """;
        var (info, ids) = await platform.Tokenizer.RenderAsync(Encoding.UTF8.GetBytes(json), Options(ReasoningMode.Thinking));
        var turns = new List<string>();
        int[] borders = [0, .. info.Boundaries, ids.Length];
        for (var i = 0; i + 1 < borders.Length; i++)
            turns.Add(await platform.Tokenizer.DecodeAsync(ids[borders[i]..borders[i + 1]]));
        Assert.All(turns.SkipLast(1), turn => Assert.EndsWith("<|im_end|>\n", turn, StringComparison.Ordinal));
        string[] openings = ["<|im_start|>system\n", "<|im_start|>user\nWhat", "<|im_start|>assistant\n<think>\nLook.", "<|im_start|>user\n<tool_response>", "<|im_start|>assistant\n<think>\n"];
        Assert.Equal(openings.Length, turns.Count);
        for (var i = 0; i < openings.Length; i++)
            Assert.StartsWith(openings[i], turns[i], StringComparison.Ordinal);
        Assert.Equal(info.Boundaries[1], info.ReturnBoundary);
    }

    [Theory]
    [InlineData("{", "JSON")]
    [InlineData("[]", "messages")]
    [InlineData("""{"messages":[]}""", "messages")]
    [InlineData("""{"messages":[{"role":"user","content":"x"},{"role":"wizard","content":"x"}]}""", "role")]
    [InlineData("""{"messages":[{"role":"user","content":"\ud800"}]}""", null)]
    public async Task A_broken_conversation_is_the_callers_mistake(string json, string? mentions)
    {
        try
        {
            await platform.Tokenizer.RenderAsync(Encoding.UTF8.GetBytes(json), Options(ReasoningMode.Unspecified));
            Assert.Null(mentions);
        }
        catch (RpcException error)
        {
            Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
            Assert.Contains(mentions ?? "", error.Status.Detail, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Invalid_utf8_is_the_callers_mistake()
    {
        Assert.Contains("UTF-8", await InvalidAsync(() => platform.Tokenizer.EncodeAsync([0x61, 0xFF, 0x62])), StringComparison.Ordinal);
        await InvalidAsync(() => platform.Tokenizer.RenderAsync([0x7B, 0x22, 0xFF, 0x22, 0x7D], Options(ReasoningMode.Unspecified)));
    }

    [Fact]
    public async Task A_call_without_options_is_refused() =>
        Assert.Contains("options", await InvalidAsync(() => platform.Tokenizer.RenderAsync(Encoding.UTF8.GetBytes(Hello), options: null)), StringComparison.Ordinal);

    [Fact]
    public async Task Text_larger_than_a_message_comes_back_unharmed()
    {
        var text = string.Concat(Enumerable.Range(0, 120_000).Select(i => $"{i} Grüße, 世界 🌍. "));
        Assert.True(Encoding.UTF8.GetByteCount(text) > 3 << 20);
        var (_, ids) = await platform.Tokenizer.EncodeAsync(Encoding.UTF8.GetBytes(text));
        Assert.Equal(text, await platform.Tokenizer.DecodeAsync(ids, partIds: 100_000));
    }

    [Fact]
    public async Task A_character_cut_between_parts_is_decoded_whole()
    {
        var (_, ids) = await platform.Tokenizer.EncodeAsync(Encoding.UTF8.GetBytes("🌍🌍"));
        Assert.Equal("🌍🌍", await platform.Tokenizer.DecodeAsync(ids, partIds: 1));
    }

    [Fact]
    public async Task Added_tokens_in_text_are_read_as_asked()
    {
        var text = Encoding.UTF8.GetBytes("<|im_end|>");
        var parsed = await platform.Tokenizer.EncodeAsync(text, SpecialTokens.Parse);
        Assert.Single(parsed.Ids);
        Assert.True((await platform.Tokenizer.EncodeAsync(text)).Ids.Length > 1);
        await InvalidAsync(() => platform.Tokenizer.EncodeAsync(text, SpecialTokens.Reject));
        Assert.Equal("", await platform.Tokenizer.DecodeAsync(parsed.Ids, skipSpecial: true));
        Assert.Equal("<|im_end|>", await platform.Tokenizer.DecodeAsync(parsed.Ids));
    }

    [Fact]
    public async Task Ids_that_mean_nothing_are_refused()
    {
        Assert.Contains("8100", await InvalidAsync(() => platform.Tokenizer.DecodeAsync([1, 8100])), StringComparison.Ordinal);
        await InvalidAsync(() => platform.Tokenizer.DecodeAsync([-1]));
    }

    [Fact]
    public async Task Describes_itself()
    {
        var description = await platform.Tokenizer.DescribeAsync(new DescribeTokenizerRequest(), cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal((8033, "qwen3.5", ReasoningMode.Thinking), (description.IdCount, description.ChatTemplate, description.DefaultReasoningMode));
    }

    private static RenderChatOptions Options(ReasoningMode mode) => new() { AddGenerationPrompt = true, ReasoningMode = mode };

    private static async Task<string> InvalidAsync(Func<Task> call)
    {
        var error = await Assert.ThrowsAsync<RpcException>(call);
        Assert.Equal(StatusCode.InvalidArgument, error.StatusCode);
        return error.Status.Detail;
    }
}
