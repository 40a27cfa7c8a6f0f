using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Work grows with the length of a reply, never with its square.</summary>
public sealed class LongReplies
{
    private const int Length = 1 << 17;
    private const int LongLength = 1 << 20;
    private const int ReadsPerCharacter = 4;

    public static TheoryData<string, string> Hostile => new()
    {
        { "plain", "word " },
        { "less-than signs", "<" },
        { "call openings", "<tool_call>" },
        { "spaced call openings", "<tool_call>                " },
        { "nearly a call", "<tool_call>\n<function=now<" },
        { "closing tags", "</think>" },
        { "newlines", "\n" },
        { "closing tags of parameters", "</parameter>" },
        { "closing tags of functions", "</function> \n" },
        { "closing tags of calls", "</tool_call>  " },
        { "parameters", "\n<parameter=city>" },
        { "malformed parameters", "\n<parameter=<" },
    };

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Content_is_read_a_few_times_at_most(string name, string piece) => AssertLinear(name, Replies.Answering, piece, "");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void Reasoning_is_read_a_few_times_at_most(string name, string piece) => AssertLinear(name, Replies.Thinking, piece, "");

    [Theory]
    [MemberData(nameof(Hostile))]
    public void A_value_is_read_a_few_times_at_most(string name, string piece) =>
        AssertLinear(name, Replies.Answering, piece, "<tool_call>\n<function=write_file>\n<parameter=content>\n");

    [Fact]
    public void A_megabyte_of_a_value_is_read_a_few_times_at_most() => AssertLinear(
        "a megabyte", Replies.Answering, "code </parameter> \n<tool_call>\n</function>\n", "<tool_call>\n<function=write_file>\n<parameter=content>\n", LongLength);

    [Fact]
    public void A_name_without_end_is_held_only_up_to_a_bound()
    {
        var parser = new OutputParser(Replies.Answering);
        parser.Append("<tool_call>\n<function=");
        var deltas = parser.Append(new string('x', 5000));
        Assert.Equal(5000 + 22, Assert.IsType<ContentDelta>(Assert.Single(deltas)).Text.Length);
    }

    private static void AssertLinear(string name, OutputParserOptions options, string piece, string before, int length = Length)
    {
        string text = before + string.Concat(Enumerable.Repeat(piece, length / piece.Length));
        var parser = new OutputParser(options);
        parser.Append(text);
        parser.Finish(reachedLength: false);
        Assert.True(
            parser.Reads <= (long)ReadsPerCharacter * text.Length,
            $"{name}: {parser.Reads} reads of {text.Length} characters, more than {ReadsPerCharacter} each.");
    }
}
