using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

public sealed class OutputGoldenTests
{
    private const int RandomChunkings = 64;

    public static TheoryData<string> Names => [.. OutputGoldenCase.All.Select(golden => golden.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_the_reply_as_a_whole(string name)
    {
        var golden = OutputGoldenCase.Named(name);
        Assert.Equal(golden.Expected, Canonical.Of(ParsedOutput.Parse(golden.Options, golden.Text, golden.ReachedLength)));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_the_reply_character_by_character(string name) => AssertStreams(name, Streaming.Characters);

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_the_reply_byte_by_byte(string name) => AssertStreams(name, Streaming.Bytes);

    [Theory]
    [MemberData(nameof(Names))]
    public void Parses_the_reply_in_random_chunks(string name)
    {
        for (int seed = 0; seed < RandomChunkings; seed++)
        {
            int chunking = seed;
            AssertStreams(name, text => Streaming.RandomChunks(text, chunking));
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Sends_a_prefix_of_the_whole_reply_until_it_is_cancelled(string name)
    {
        var golden = OutputGoldenCase.Named(name);
        var options = golden.Options with { CallIdSeed = "fixed" };
        var (full, _) = Streaming.Deltas(options, Streaming.Characters(golden.Text), golden.ReachedLength);
        for (int cut = 0; cut <= golden.Text.Length; cut++)
        {
            var parser = new OutputParser(options);
            List<OutputDelta> sent = [.. golden.Text[..cut].SelectMany(c => parser.Append(c.ToString()))];
            parser.Cancel();
            Assert.Empty(parser.Append(golden.Text[cut..]));
            Assert.Empty(parser.Finish(reachedLength: false));
            Assert.Equal(full.Take(sent.Count), sent);
        }
    }

    private static void AssertStreams(string name, Func<string, IEnumerable<string>> chunks)
    {
        var golden = OutputGoldenCase.Named(name);
        Assert.Equal(golden.Expected, Canonical.Of(Streaming.Parse(golden.Options, chunks(golden.Text), golden.ReachedLength)));
    }
}
