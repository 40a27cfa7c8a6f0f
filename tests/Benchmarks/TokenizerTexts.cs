using System.Text;
using System.Text.Json;

namespace Benchmarks;

/// <summary>The kinds of text that the tokenizer is measured on, each grown to a size in UTF-8 bytes.</summary>
internal static class TokenizerTexts
{
    private const string English =
        "The tokenizer reads a page of ordinary prose, sentence after sentence, and most of its words have been seen before; only names, numbers " +
        "like 1,204 or 37.5, and the odd misspeling are new. It's what a conversation mostly consists of, isn't it?\n\n";

    private const string Code =
        """
        for (var index = 0; index < items.Length; index++)
        {
            if (items[index] is { Count: > 0 } found && !seen.Contains(found.Key))
                total += found.Values.Sum(value => value * 0.25) - offsets[index % 16];   // keep the rest
        }

        """;

    /// <summary>Name and text of every kind.</summary>
    /// <param name="goldens">A golden file whose texts make the mixed kind.</param>
    /// <param name="bytes">Size of each text, about.</param>
    public static IEnumerable<(string Kind, string Text)> All(string goldens, int bytes)
    {
        yield return ("mixed", Grow(Mixed(goldens), bytes));
        yield return ("english", Grow(English, bytes));
        yield return ("code", Grow(Code, bytes));
        yield return ("one letter", new string('a', bytes));
        yield return ("random letters", RandomLetters(bytes));
        yield return ("spaces", new string(' ', bytes));
        yield return ("marks", Grow("\u0301", bytes));
        yield return ("unsorted marks", Grow("\u0301\u0323", bytes));
        yield return ("unlike words", UnlikeWords(bytes));
    }

    private static string Mixed(string goldens)
    {
        var texts = File.ReadLines(goldens).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(row => row.TryGetProperty("text", out _)).Select(row => row.GetProperty("text").GetString());
        return string.Join('\n', texts);
    }

    private static string Grow(string pattern, int bytes)
    {
        var text = new StringBuilder();
        for (var size = 0; size < bytes; size += Encoding.UTF8.GetByteCount(pattern))
            text.Append(pattern);
        return text.ToString();
    }

    /// <summary>One long piece without a pattern.</summary>
    private static string RandomLetters(int bytes)
    {
        var random = new Random(1);
        return string.Create(bytes, random, static (span, source) =>
        {
            foreach (ref var letter in span)
                letter = (char)('a' + source.Next(26));
        });
    }

    /// <summary>Words that hardly repeat, so that the piece cache does not help.</summary>
    private static string UnlikeWords(int bytes)
    {
        var random = new Random(2);
        var text = new StringBuilder(bytes);
        while (text.Length < bytes)
        {
            for (var letters = random.Next(4, 12); letters > 0; letters--)
                text.Append((char)('a' + random.Next(26)));
            text.Append(' ');
        }
        return text.ToString();
    }
}
