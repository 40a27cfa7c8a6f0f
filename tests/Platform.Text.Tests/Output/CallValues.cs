using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Where the values of a call begin and end.</summary>
public sealed class CallValues
{
    [Theory]
    [InlineData("<parameter=city>\nBergen\n</function>\n</tool_call>", "tool_calls")]
    [InlineData("<parameter=city>\nBergen\n</tool_call>", "tool_calls")]
    [InlineData("<parameter=city>\nBergen\n</function>", "tool_calls")]
    [InlineData("<parameter=city>\nBergen\n</parameter>\n</function>", "tool_calls")]
    [InlineData("<parameter=city>Bergen</parameter>", "length")]
    [InlineData("<parameter=city>\nBergen\n", "length")]
    public void Row_7_a_missing_closing_tag_loses_no_value(string rest, string finishReason)
    {
        var output = Replies.Parse(Replies.Answering, "<tool_call>\n<function=get_weather>\n" + rest);
        Replies.AssertCalls(output, "get_weather", """{"city": "Bergen"}""");
        Assert.Equal((null, finishReason), (output.Content, output.FinishReason));
    }

    [Fact]
    public void Row_8_the_next_parameter_ends_a_value()
    {
        var output = Replies.Parse(
            Replies.Answering, Replies.Call("get_weather", "<parameter=city>\nBergen\n<parameter=days>\n2\n</parameter>\n"));
        Replies.AssertCalls(output, "get_weather", """{"city": "Bergen", "days": 2}""");
    }

    [Theory]
    [InlineData("<parameter=\ncity>\nBonn\n</parameter>\n")]
    [InlineData("<parameter=>\nx\n</parameter>\n")]
    [InlineData("<parameter=unit=c>\nc\n</parameter>\n")]
    [InlineData("<parameter=city\nBonn\n</parameter>\n")]
    [InlineData("<parameter=\n")]
    [InlineData("<parameter=a<b>\nc\n</parameter>\n")]
    [InlineData("<parameter=\"\">\nc\n</parameter>\n")]
    public void Row_9_a_malformed_parameter_is_dropped_with_its_value(string malformed)
    {
        var output = Replies.Parse(Replies.Answering, Replies.Call("get_weather", malformed, Replies.Parameter("days", "1")));
        Replies.AssertCalls(output, "get_weather", """{"days": 1}""");
    }

    [Theory]
    [InlineData("s = \"<parameter=x>\" + v + \"</parameter>\"")]
    [InlineData("t = \"</function>\" # not </tool_call>")]
    [InlineData("<tool_call>\\n<function=f>\n<think>no</think>")]
    [InlineData("v </parameter> x </function> y </tool_call> z")]
    [InlineData("a</parameter>\n b")]
    [InlineData("</function>\n</function>")]
    public void Row_10_tags_inside_a_value_belong_to_it(string value)
    {
        var output = Replies.Parse(Replies.Answering, Replies.Call("write_file", Replies.Parameter("content", value), Replies.Parameter("path", "p")));
        Assert.Equal(value, JsonElementOf(output).GetProperty("content").GetString());
        Assert.Equal("p", JsonElementOf(output).GetProperty("path").GetString());
    }

    [Fact]
    public void Row_14_a_long_string_streams_while_it_comes()
    {
        var parser = new OutputParser(Replies.Answering);
        parser.Append("<tool_call>\n<function=write_file>\n<parameter=content>\n");
        for (int line = 0; line < 40; line++)
            Assert.Equal([new ToolCallArguments(0, (line == 0 ? "\"" : "\\n") + "word")], parser.Append(line == 0 ? "word" : "\nword"));
    }

    [Fact]
    public void Row_14_a_string_that_may_be_null_streams_once_it_is_not()
    {
        var parser = new OutputParser(Replies.Answering);
        parser.Append("<tool_call>\n<function=get_weather>\n<parameter=note>\n");
        Assert.Empty(parser.Append(" nul"));
        Assert.Equal([new ToolCallArguments(0, "\" nulb")], parser.Append("b"));
        Assert.Equal([new ToolCallArguments(0, "c")], parser.Append("c"));
    }

    [Fact]
    public void Row_14_a_value_without_type_streams_once_it_is_no_object()
    {
        var parser = new OutputParser(Replies.Answering);
        parser.Append("<tool_call>\n<function=get_weather>\n<parameter=any>\n");
        Assert.Equal([new ToolCallArguments(0, "\"a")], parser.Append("a"));
        parser.Append("\n</parameter>\n<parameter=any>\n");
        Assert.Empty(parser.Append("{\"a\": "));
        Assert.Equal([new ToolCallArguments(0, "{\"a\": 1}")], parser.Append("1}\n</parameter>"));
    }

    [Theory]
    [InlineData("<tool_call>\n<function=get_wea")]
    [InlineData("<tool_call>\n<function=")]
    public void Row_23_the_limit_inside_a_function_name_drops_the_call(string cut)
    {
        var output = Replies.Parse(Replies.Answering, "Ok.\n" + cut);
        Assert.Equal(("Ok.", "length"), (output.Content, output.FinishReason));
        Assert.Empty(output.ToolCalls);
    }

    [Theory]
    [InlineData("<parameter=da", """{}""")]
    [InlineData("<parameter=city>", """{"city": ""}""")]
    [InlineData("<parameter=city>\nA \"quo", """{"city": "A \"quo"}""")]
    [InlineData("<parameter=city>\nA\n</param", """{"city": "A\n</param"}""")]
    [InlineData("<parameter=days>\n12", """{"days": 12}""")]
    [InlineData("<parameter=note>\nnul", """{"note": "nul"}""")]
    public void Row_23_the_limit_inside_a_call_closes_it_validly(string cut, string arguments)
    {
        var output = Replies.Parse(Replies.Answering, "<tool_call>\n<function=get_weather>\n" + cut);
        Replies.AssertCalls(output, "get_weather", arguments);
        Assert.Equal("length", output.FinishReason);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("\n", "")]
    [InlineData("\n\n", "")]
    [InlineData("\r\n\r\n", "")]
    [InlineData("\n\n\n", "\n")]
    [InlineData("\n  x  \n\n", "  x  \n")]
    [InlineData("\r\nx\r\n", "x")]
    [InlineData("\rx\r", "\rx\r")]
    [InlineData("\r\r\n", "\r")]
    public void Row_24_a_value_loses_one_line_break_on_each_side(string written, string value)
    {
        // Without a line feed before it, a closing tag needs another tag behind it.
        var output = Replies.Parse(Replies.Answering, Replies.Call("write_file", $"<parameter=path>{written}</parameter>\n"));
        Assert.Equal(value, JsonElementOf(output).GetProperty("path").GetString());
    }

    [Fact]
    public void Row_24_a_call_without_arguments_has_an_empty_object() =>
        Replies.AssertCalls(Replies.Parse(Replies.Answering, Replies.Call("now")), "now", "{}");

    [Fact]
    public void Row_25_of_a_repeated_parameter_the_last_counts() => Replies.AssertCalls(
        Replies.Parse(Replies.Answering, Replies.Call("get_weather", Replies.Parameter("city", "A"), Replies.Parameter("zip", "0150"), Replies.Parameter("city", "B"))),
        "get_weather",
        """{"zip": "0150", "city": "B"}""");

    [Fact]
    public void Row_29_tags_may_be_indented_and_lines_end_in_CRLF() => Replies.AssertCalls(
        Replies.Parse(
            Replies.Answering,
            "\t<tool_call>\r\n\t<function=get_weather>\r\n\t<parameter=city>\r\nNice\r\n</parameter>\r\n\t<parameter=days>\r\n\t 2 \r\n\t</parameter>\r\n\t</function>\r\n</tool_call>\r\n"),
        "get_weather",
        """{"city": "Nice", "days": 2}""");

    private static System.Text.Json.JsonElement JsonElementOf(ParsedOutput output) =>
        System.Text.Json.JsonElement.Parse(Assert.Single(output.ToolCalls).Arguments);
}
