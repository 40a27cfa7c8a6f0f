namespace Platform.Text;

/// <summary>The two published split expressions. They are only compared, never run: <see cref="PieceScanner"/> does their work on code points.</summary>
internal static class SplitExpressions
{
    private const string Qwen3 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    private const string Qwen35 =
        @"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?[\p{L}\p{M}]+|\p{N}| ?[^\s\p{L}\p{M}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+";

    /// <summary>The rule that an expression stands for, or null for one we have no scanner for.</summary>
    public static SplitRule? Recognise(string expression) => expression switch
    {
        Qwen3 => SplitRule.Qwen3,
        Qwen35 => SplitRule.Qwen35,
        _ => null,
    };

    /// <summary>The rule that an expression stands for.</summary>
    /// <exception cref="TokenizerException">It is not one of the two.</exception>
    public static SplitRule Require(string expression, string file) => Recognise(expression)
        ?? throw new TokenizerException(
            $"{file}: the text is split by an expression that is neither Qwen3's nor Qwen3.5's: {Shortened(expression)}. " +
            "Only these two are supported: this is probably the tokenizer of another model family.");

    private static string Shortened(string expression) => expression.Length <= 200 ? expression : expression[..200] + "…";
}
