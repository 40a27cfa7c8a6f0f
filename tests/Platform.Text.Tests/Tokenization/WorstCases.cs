using System.Globalization;
using System.Text;

namespace Platform.Text.Tests.Tokenization;

/// <summary>Texts that make careless tokenizers quadratic. Work is counted, not timed; a quadratic step would not finish in the life of a test run.</summary>
public sealed class WorstCases
{
    private const int Size = 1 << 20;

    public static TheoryData<string> Kinds => ["one letter", "spaces", "marks", "unsorted marks", "random letters", "line breaks", "open brackets", "symbols"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Cost_n_log_n_steps_and_decode_to_the_same_text(string kind)
    {
        var text = Text(kind, Size);
        var ids = Tokenizers.Tiny35.Encode(text, SpecialTokens.Parse);
        var normalised = kind == "unsorted marks" ? Text("sorted marks", Size) : text;

        Assert.Equal(normalised, Tokenizers.Tiny35.Decode(ids));
        var bytes = Encoding.UTF8.GetByteCount(text);
        var steps = EncodingWork.Current.MergeSteps;
        Assert.True(
            steps <= 6.0 * bytes * Math.Log2(bytes) / 4,
            string.Create(CultureInfo.InvariantCulture, $"{steps} steps for {bytes} bytes, {steps / (bytes * Math.Log2(bytes)):F2} n log n"));
    }

    [Fact]
    public void Take_four_times_the_steps_for_four_times_the_text()
    {
        var short64K = Steps(new string('a', Size / 16));
        var long256K = Steps(new string('a', Size / 4));
        Assert.InRange(long256K, 3 * short64K, 5 * short64K);
    }

    [Fact]
    public void Stop_in_the_middle_of_a_piece_when_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => Tokenizers.Tiny35.Encode(new string('a', 1000), cancellationToken: cancelled.Token));
        Assert.Equal(Tokenizers.Tiny35.Encode("aaaa after"), Tokenizers.Tiny35.Encode("aaaa after", cancellationToken: CancellationToken.None));
    }

    private static long Steps(string text)
    {
        Tokenizers.Tiny35.Encode(text);
        return EncodingWork.Current.MergeSteps;
    }

    private static string Text(string kind, int bytes)
    {
        var random = new Random(7);
        return kind switch
        {
            "one letter" => new string('a', bytes),
            "spaces" => new string(' ', bytes),
            "marks" => new string('\u0301', bytes / 2),
            "unsorted marks" => Repeat("\u0301\u0323", bytes / 4),
            "sorted marks" => new string('\u0323', bytes / 4) + new string('\u0301', bytes / 4),
            "random letters" => string.Create(bytes, random, static (span, source) => Fill(span, source)),
            "line breaks" => Repeat(" \n", bytes / 2),
            "open brackets" => Repeat("<|im_star", bytes / 9),
            "symbols" => new string('#', bytes),
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
    }

    private static void Fill(Span<char> span, Random source)
    {
        foreach (ref var letter in span)
            letter = (char)('a' + source.Next(26));
    }

    private static string Repeat(string pattern, int times) => new StringBuilder().Insert(0, pattern, times).ToString();
}
