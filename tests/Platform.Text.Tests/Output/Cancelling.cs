using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Row 30, and the end of a reply.</summary>
public sealed class Cancelling
{
    [Fact]
    public void Row_30_nothing_follows_a_cancel()
    {
        var parser = new OutputParser(Replies.Thinking);
        parser.Append("Plan.\n</think>\n\nText <tool");
        parser.Cancel();
        Assert.Empty(parser.Append("_call>\n<function=now>\n"));
        Assert.Empty(parser.Finish(reachedLength: false));
        Assert.Equal(OutputState.Ended, parser.State);
        Assert.Throws<InvalidOperationException>(() => parser.FinishReason);
    }

    [Fact]
    public void A_finished_reply_takes_no_more_text()
    {
        var parser = new OutputParser(Replies.Thinking);
        parser.Append("Plan.");
        parser.Finish(reachedLength: false);
        Assert.Empty(parser.Finish(reachedLength: false));
        Assert.Throws<InvalidOperationException>(() => parser.Append("more"));
    }

    [Fact]
    public void The_state_follows_the_reply()
    {
        var parser = new OutputParser(Replies.Thinking);
        var states = new List<OutputState> { parser.State };
        foreach (string chunk in (string[])["</think>", "<tool_call>\n<function=now>", "<parameter=a>", "\nb\n</parameter>", "</function>", " x"])
        {
            parser.Append(chunk);
            states.Add(parser.State);
        }

        Assert.Equal(
            [OutputState.Reasoning, OutputState.Content, OutputState.Call, OutputState.Value, OutputState.Call, OutputState.After, OutputState.Content],
            states);
    }
}
