using System.Runtime.InteropServices;

namespace Platform.Engine.Tests;

/// <summary>What a sequence said, and every row of logits it was said from, to be compared bit by bit.</summary>
internal sealed record Recording(IReadOnlyList<int> Tokens, IReadOnlyList<float> Logprobs, IReadOnlyList<float[]> Rows)
{
    /// <summary>The first difference, or null when all bits agree.</summary>
    public string? DifferenceTo(Recording other)
    {
        if (Rows.Count != other.Rows.Count)
            return $"{Rows.Count} rows against {other.Rows.Count}";
        for (var row = 0; row < Rows.Count; row++)
        {
            var same = Bits(Rows[row]).CommonPrefixLength(Bits(other.Rows[row]));
            if (same < Rows[row].Length)
                return $"row {row}: logit {same} is {Rows[row][same]:R} against {other.Rows[row][same]:R}";
        }

        if (!Tokens.SequenceEqual(other.Tokens))
            return $"tokens [{string.Join(", ", Tokens)}] against [{string.Join(", ", other.Tokens)}]";
        return Bits([.. Logprobs]).SequenceEqual(Bits([.. other.Logprobs])) ? null : "the log-probabilities differ";
    }

    /// <summary>The part with the first answered tokens.</summary>
    public Recording First(int tokens) => new([.. Tokens.Take(tokens)], [.. Logprobs.Take(tokens)], [.. Rows.Take(tokens)]);

    /// <summary>The part after the first answered tokens.</summary>
    public Recording After(int tokens) => new([.. Tokens.Skip(tokens)], [.. Logprobs.Skip(tokens)], [.. Rows.Skip(tokens)]);

    public static ReadOnlySpan<int> Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values);
}
