using System.Text.Json;

namespace Platform.Text;

/// <summary>Reads the <c>pre_tokenizer</c> of tokenizer.json: a split by an expression, then bytes.</summary>
internal static class PreTokenizerReader
{
    /// <summary>The split rule that it describes.</summary>
    /// <exception cref="TokenizerException">It is of another form, or its expression is unknown.</exception>
    public static SplitRule Split(JsonElement preTokenizer, string file)
    {
        string? expression = null;
        var bytes = false;
        foreach (var step in Steps(preTokenizer))
        {
            var type = Text(step, "type");
            if (type == "Split" && expression is null && !bytes && Text(step, "behavior") == "Isolated" && !IsTrue(step, "invert"))
                expression = step.TryGetProperty("pattern", out var pattern) ? Text(pattern, "Regex") : null;
            else if (type != "ByteLevel" || IsTrue(step, "add_prefix_space") || IsTrue(step, "use_regex"))
                throw Wrong(preTokenizer, file);
            else
                bytes = true;
        }
        return expression is null || !bytes ? throw Wrong(preTokenizer, file) : SplitExpressions.Require(expression, file);
    }

    private static JsonElement.ArrayEnumerator Steps(JsonElement preTokenizer) =>
        Text(preTokenizer, "type") == "Sequence" && preTokenizer.TryGetProperty("pretokenizers", out var steps)
            && steps.ValueKind == JsonValueKind.Array
            ? steps.EnumerateArray()
            : default;

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;

    private static bool IsTrue(JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static TokenizerException Wrong(JsonElement preTokenizer, string file)
    {
        var text = preTokenizer.GetRawText();
        return new TokenizerException(
            $"{file}: 'pre_tokenizer' is {(text.Length <= 200 ? text : text[..200] + "…")}, but a Split (Isolated) by Qwen3's or Qwen3.5's " +
            "expression followed by ByteLevel is needed. This is probably the tokenizer of another model family.");
    }
}
