using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>What is a tool call, and what only looks like one.</summary>
public sealed class CallPlaces
{
    private static readonly string Weather = Replies.Call("get_weather", Replies.Parameter("city", "Oslo"));

    [Fact]
    public void Row_4_a_call_inside_the_think_block_ends_it()
    {
        var output = Replies.Parse(Replies.Thinking, $"I need it. \n{Weather}\n</think>\n\n");
        Assert.Equal(("I need it.", null, "tool_calls"), (output.Reasoning, output.Content, output.FinishReason));
        Replies.AssertCalls(output, "get_weather", """{"city": "Oslo"}""");
    }

    [Fact]
    public void Row_4_a_call_inside_the_think_block_stays_reasoning_where_that_is_set()
    {
        var output = Replies.Parse(Replies.Thinking with { ToolCallsInReasoning = false }, $"I need it.\n{Weather}\n</think>\n\nOk.");
        Assert.Equal(($"I need it.\n{Weather}", "Ok."), (output.Reasoning, output.Content));
        Assert.Empty(output.ToolCalls);
    }

    [Theory]
    [InlineData("I could use <tool_call> or <function=now> here,\n<function=now>\nbut no.")]
    [InlineData("Write <tool_call>\n<function=example>\n</function>\n</tool_call> so.")]
    [InlineData("<tool_call><tool_call>\n <tool_call>")]
    [InlineData("<tool_call>\n<function=now\n>")]
    public void Row_5_reasoning_that_talks_about_calls_is_no_call(string reasoning)
    {
        var output = Replies.Parse(Replies.Thinking, reasoning + "\n</think>\n\nOk.");
        Assert.Equal((reasoning, "Ok."), (output.Reasoning, output.Content));
        Assert.Empty(output.ToolCalls);
    }

    [Fact]
    public void Row_6_content_flows_on_as_soon_as_a_tag_is_refuted()
    {
        var parser = new OutputParser(Replies.Answering);
        Assert.Equal([new ContentDelta("Write `")], parser.Append("Write `<tool_call>"));
        Assert.Equal([new ContentDelta("<tool_call>`")], parser.Append("`"));
        Assert.Empty(parser.Append(" \n"));
        Assert.Equal([new ContentDelta(" \n<x")], parser.Append("<x"));
    }

    [Fact]
    public void Row_11_the_second_call_is_a_call()
    {
        var output = Replies.Parse(Replies.Thinking, $"Two.\n</think>\n\n{Weather}\n{Weather}");
        Replies.AssertCalls(output, "get_weather", """{"city": "Oslo"}""", "get_weather", """{"city": "Oslo"}""");
        Assert.Null(output.Content);
    }

    [Fact]
    public void Row_12_one_delta_may_hold_the_last_parameter_and_the_end()
    {
        var parser = new OutputParser(Replies.Answering);
        parser.Append("<tool_call>\n<function=get_weather>\n<parameter=city>\nOs");
        var rest = parser.Append("lo\n</parameter>\n</function>\n</tool_call>");
        Assert.Equal([new ToolCallArguments(0, "lo\"}")], rest);
        Assert.Empty(parser.Finish(reachedLength: false));
        Assert.Equal("tool_calls", parser.FinishReason);
    }

    [Theory]
    [InlineData("<function=now>\n</function>", null)]
    [InlineData("\n\n<function=now>\n</function>", null)]
    [InlineData("Checking.\n<function=now>\n</function>", "Checking.")]
    public void Row_13_a_function_without_wrapper_at_line_start_is_a_call(string text, string? content)
    {
        var output = Replies.Parse(Replies.Answering, text);
        Assert.Equal(content, output.Content);
        Replies.AssertCalls(output, "now", "{}");
    }

    [Theory]
    [InlineData("Use <function=now>\n</function>")]
    [InlineData("Use\n <function=now>\n</function>")]
    [InlineData("Use\n<function=other>\n</function>")]
    [InlineData("Use\n<function=no")]
    public void Row_13_elsewhere_or_with_an_unlisted_name_it_is_text(string text)
    {
        var output = Replies.Parse(Replies.Answering, text);
        Assert.Equal((text, "stop"), (output.Content, output.FinishReason));
        Assert.Empty(output.ToolCalls);
    }

    [Fact]
    public void Row_15_what_is_no_tag_is_the_same_text_in_every_chunking()
    {
        var output = Replies.Parse(Replies.Thinking, "a < b </ c <t </thin\n</think>\n\nx <tool_cal y < z <tool_call>\n<functio");
        Assert.Equal(("a < b </ c <t </thin", "x <tool_cal y < z <tool_call>\n<functio"), (output.Reasoning, output.Content));
    }

    [Fact]
    public void Row_25_an_unlisted_name_in_a_wrapper_is_a_call_with_strings()
    {
        var output = Replies.Parse(Replies.Answering, Replies.Call("launch", Replies.Parameter("n", "1")));
        Replies.AssertCalls(output, "launch", """{"n": "1"}""");
    }

    [Theory]
    [InlineData("\"get weather\"", "get weather")]
    [InlineData(" 'now' ", "now")]
    [InlineData("now ", "now")]
    public void Row_25_names_lose_spaces_around_and_one_pair_of_quotes(string written, string name) =>
        Replies.AssertCalls(Replies.Parse(Replies.Answering, Replies.Call(written)), name, "{}");

    [Theory]
    [InlineData("<tool_call>\n<function=>\n</function>\n</tool_call>")]
    [InlineData("<tool_call>\n<function= >\n</function>\n</tool_call>")]
    [InlineData("<tool_call>\n<function=a=b>\n</function>\n</tool_call>")]
    [InlineData("<tool_call>\n<function=no\nw>\n</function>\n</tool_call>")]
    [InlineData("<tool_call>\n<function=<now>\n</function>\n</tool_call>")]
    public void Row_25_a_malformed_function_name_is_text(string text)
    {
        var output = Replies.Parse(Replies.Answering, text);
        Assert.Equal((text, "stop"), (output.Content, output.FinishReason));
    }

    [Fact]
    public void Row_25_without_tools_or_with_tool_choice_none_a_call_is_text()
    {
        string text = "Hi\n" + Weather;
        Assert.Equal(text, Replies.Parse(new OutputParserOptions(), text).Content);
        Assert.Equal(text, Replies.Parse(Replies.Answering with { ToolCallsAllowed = false }, text).Content);
    }

    [Fact]
    public void Row_26_texts_around_a_call_touch()
    {
        var output = Replies.Parse(Replies.Answering, $"Before.\n{Weather}\n\nAfter.\n");
        Assert.Equal(("Before.After.\n", "tool_calls"), (output.Content, output.FinishReason));
    }

    [Fact]
    public void Row_26_a_hundred_calls_are_a_hundred_calls()
    {
        var output = Replies.Parse(
            Replies.Answering,
            string.Join('\n', Enumerable.Range(0, 100).Select(day => Replies.Call("get_weather", Replies.Parameter("days", $"{day}")))));
        Assert.Equal(Enumerable.Range(0, 100).Select(day => $"{{\"days\": {day}}}"), output.ToolCalls.Select(call => call.Arguments));
        Assert.Equal(100, output.ToolCalls.Select(call => call.Id).Distinct().Count());
    }

    [Fact]
    public void The_same_seed_gives_the_same_ids_and_no_seed_gives_others()
    {
        string id = Replies.Parse(Replies.Answering, Weather).ToolCalls[0].Id;
        Assert.Equal(id, Replies.Parse(Replies.Answering, Weather).ToolCalls[0].Id);
        Assert.NotEqual(id, ParsedOutput.Parse(Replies.Answering with { CallIdSeed = null }, Weather, false).ToolCalls[0].Id);
    }
}
