using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Where reasoning ends and content begins.</summary>
public sealed class ThinkBlocks
{
    [Fact]
    public void Row_1_only_the_closing_tag_comes_out()
    {
        var output = Replies.Parse(Replies.Thinking, "Plan.\n</think>\n\nDone.");
        Assert.Equal(("Plan.", "Done.", "stop"), (output.Reasoning, output.Content, output.FinishReason));
    }

    [Fact]
    public void Row_2_with_thinking_off_everything_is_content()
    {
        var output = Replies.Parse(Replies.Answering, "Paris is the capital.\n");
        Assert.Equal((null, "Paris is the capital.\n"), (output.Reasoning, output.Content));
    }

    [Fact]
    public void Row_3_the_state_comes_from_the_prompt_and_a_block_the_model_opens_itself_still_counts()
    {
        var output = Replies.Parse(Replies.Answering, "\n<think>\n<think>own</think>yes <think> no");
        Assert.Equal(("own", "yes <think> no"), (output.Reasoning, output.Content));
    }

    [Fact]
    public void Row_18_an_empty_block_gives_no_reasoning()
    {
        var output = Replies.Parse(Replies.Thinking, "\n\n</think>\n\nShort.");
        Assert.Equal((null, "Short."), (output.Reasoning, output.Content));
    }

    [Fact]
    public void Row_19_no_blank_content_between_thinking_and_a_call()
    {
        string text = "Plan.\n</think>\n\n \n" + Replies.Call("now");
        var (deltas, _) = Streaming.Deltas(Replies.Thinking, Streaming.Characters(text), reachedLength: false);
        Assert.DoesNotContain(deltas, delta => delta is ContentDelta);
        Assert.Equal("Plan.", Replies.Parse(Replies.Thinking, text).Reasoning);
    }

    [Fact]
    public void Row_22_an_end_of_turn_as_first_token_gives_an_empty_reply()
    {
        Assert.Equal(new ParsedOutput(null, null, [], "stop") with { ToolCalls = [] }, Replies.Parse(Replies.Thinking, "") with { ToolCalls = [] });
        Assert.Empty(Replies.Parse(Replies.Thinking, "").ToolCalls);
    }

    [Theory]
    [InlineData("Thinking\n", "Thinking")]
    [InlineData("Thinking\n</thi", "Thinking\n</thi")]
    [InlineData("Thinking \n \n", "Thinking \n ")]
    public void Row_23_the_limit_inside_reasoning_keeps_it_as_reasoning(string text, string reasoning)
    {
        var output = Replies.Parse(Replies.Thinking, text, reachedLength: true);
        Assert.Equal((reasoning, null, "length"), (output.Reasoning, output.Content, output.FinishReason));
    }

    [Fact]
    public void Row_29_newlines_may_be_CRLF_and_tags_in_upper_case_are_text()
    {
        var output = Replies.Parse(Replies.Thinking, "\r\nA </THINK>\t\r\n</think>\r\n\r\n\t<TOOL_CALL>\r\n");
        Assert.Equal(("A </THINK>\t", "\t<TOOL_CALL>\r\n"), (output.Reasoning, output.Content));
    }

    [Fact]
    public void A_second_closing_tag_is_removed_and_the_newlines_beside_it_stay()
    {
        Assert.Equal("a\n\nb", Replies.Parse(Replies.Thinking, "</think>a\n</think>\nb").Content);
        Assert.Equal("b", Replies.Parse(Replies.Thinking, "</think>\n</think>\n\nb").Content);
    }
}
