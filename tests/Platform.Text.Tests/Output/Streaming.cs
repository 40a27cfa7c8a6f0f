using System.Text;
using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Feeds a parser in chunks and checks what every stream must keep.</summary>
internal static class Streaming
{
    public static ParsedOutput Parse(OutputParserOptions options, IEnumerable<string> chunks, bool reachedLength)
    {
        var (deltas, reason) = Deltas(options, chunks, reachedLength);
        return ParsedOutput.Of(deltas, reason);
    }

    public static (List<OutputDelta> Deltas, string FinishReason) Deltas(
        OutputParserOptions options, IEnumerable<string> chunks, bool reachedLength)
    {
        var parser = new OutputParser(options);
        var deltas = new List<OutputDelta>();
        foreach (string chunk in chunks)
            deltas.AddRange(parser.Append(chunk));
        deltas.AddRange(parser.Finish(reachedLength));
        AssertWellFormed(deltas);
        return (deltas, parser.FinishReason);
    }

    public static IEnumerable<string> Characters(string text) => text.Select(c => c.ToString());

    /// <summary>Byte by byte through the decoder of a stream.</summary>
    public static IEnumerable<string> Bytes(string text)
    {
        var decoder = new Utf8StreamDecoder();
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        for (int i = 0; i < bytes.Length; i++)
            yield return decoder.Append(bytes.AsSpan(i, 1));
        yield return decoder.Flush();
    }

    public static IEnumerable<string> RandomChunks(string text, int seed)
    {
        var random = new Random(seed);
        for (int at = 0; at < text.Length;)
        {
            int length = Math.Min(1 + random.Next(random.Next(2) == 0 ? 3 : 30), text.Length - at);
            yield return text.Substring(at, length);
            at += length;
        }
    }

    /// <summary>Every call begins once and in order, before its arguments; no delta is empty or ends inside a code point.</summary>
    private static void AssertWellFormed(List<OutputDelta> deltas)
    {
        int calls = 0;
        var ids = new HashSet<string>();
        foreach (var delta in deltas)
        {
            switch (delta)
            {
                case ToolCallStart start:
                    Assert.Equal(calls++, start.Index);
                    Assert.True(ids.Add(start.Id));
                    Assert.NotEmpty(start.Name);
                    break;
                case ToolCallArguments arguments:
                    Assert.InRange(arguments.Index, 0, calls - 1);
                    AssertText(arguments.Json);
                    break;
                case ReasoningDelta reasoning:
                    AssertText(reasoning.Text);
                    break;
                case ContentDelta content:
                    AssertText(content.Text);
                    break;
            }
        }
    }

    private static void AssertText(string text)
    {
        Assert.NotEmpty(text);
        Assert.False(char.IsLowSurrogate(text[0]) || char.IsHighSurrogate(text[^1]));
    }
}
