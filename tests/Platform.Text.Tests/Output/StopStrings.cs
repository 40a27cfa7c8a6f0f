using CsCheck;
using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Row 27: content is cut before the first stop string.</summary>
public sealed class StopStrings
{
    [Fact]
    public void Row_27_a_stop_string_acts_on_content_only()
    {
        var options = Replies.Thinking with { StopStrings = ["END"] };
        var output = Replies.Parse(options, "END of doubt\n</think>\n\nAnswer END rest");
        Assert.Equal(("END of doubt", "Answer ", "stop"), (output.Reasoning, output.Content, output.FinishReason));
        output = Replies.Parse(options, "</think>" + Replies.Call("get_weather", Replies.Parameter("city", "END")));
        Replies.AssertCalls(output, "get_weather", """{"city": "END"}""");
    }

    [Theory]
    [InlineData("a </think> b", "a  b", null)]
    [InlineData("x <tool_call> y", "<tool_call> y", "x ")]
    [InlineData("x <too", "<too", "x ")]
    [InlineData("one EN", "END", "one EN")]
    [InlineData("abcabcabd!", "abcabd", "abc")]
    public void Row_27_a_stop_string_is_found_across_tags_and_their_beginnings(string text, string stop, string? content)
    {
        var output = Replies.Parse(Replies.Answering with { StopStrings = [stop, ""] }, text);
        Assert.Equal(content, output.Content);
    }

    [Fact]
    public void Row_27_a_stop_string_is_found_across_a_call_and_the_call_stays()
    {
        string text = $"Before.\n{Replies.Call("now")}\nAfter. {Replies.Call("now")}";
        var output = Replies.Parse(Replies.Answering with { StopStrings = [".Aft"] }, text);
        Assert.Equal(("Before", "tool_calls"), (output.Content, output.FinishReason));
        Assert.Single(output.ToolCalls);
    }

    [Fact]
    public void After_a_stop_string_nothing_is_read_and_the_reason_is_stop()
    {
        var parser = new OutputParser(Replies.Answering with { StopStrings = ["\n\n"] });
        Assert.Equal([new ContentDelta("One.")], parser.Append("One.\n\nT"));
        Assert.True(parser.StopStringSeen);
        Assert.Equal(OutputState.Ended, parser.State);
        Assert.Empty(parser.Append("wo. " + Replies.Call("now")));
        Assert.Empty(parser.Finish(reachedLength: true));
        Assert.Equal("stop", parser.FinishReason);
    }

    [Fact]
    public void A_plain_completion_is_cut_where_a_search_of_the_whole_text_would_cut_it() =>
        Gen.Select(Gen.String["ab"].Array[0, 20], Gen.String["ab"].Array[0, 4]).Sample((chunks, stops) =>
        {
            string text = string.Concat(chunks);
            var scanner = new StopStringScanner(stops);
            string found = string.Concat(chunks.Select(scanner.Append)) + scanner.Flush();
            var places = stops.Where(stop => stop.Length > 0).Select(stop => text.IndexOf(stop, StringComparison.Ordinal)).Where(place => place >= 0);
            Assert.Equal(places.Any(), scanner.Matched);
            Assert.Equal(places.Any() ? text[..places.Min()] : text, found);
        });

    [Fact]
    public void What_cannot_begin_a_stop_string_is_not_held_back()
    {
        var scanner = new StopStringScanner(["STOP"]);
        Assert.Equal("abc ", scanner.Append("abc ST"));
        Assert.Equal("STx", scanner.Append("x"));
        Assert.Equal("", scanner.Append("STO"));
        Assert.Equal("STO", scanner.Flush());
    }
}
