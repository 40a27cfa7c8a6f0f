using System.Text.Json;
using Platform.Contracts.Decoding;
using Platform.Engine;
using Platform.Text;
using Platform.Text.Output;

namespace Platform.Decoder;

/// <summary>Ends a sequence at a stop string: in a chat one of its content, else one anywhere. One per sequence.</summary>
internal sealed class StopStrings
{
    private readonly Tokenizer _tokenizer;
    private readonly Utf8StreamDecoder _utf8 = new();
    private readonly Func<string, bool> _append;

    private StopStrings(Tokenizer tokenizer, GenerateStart start)
    {
        _tokenizer = tokenizer;
        _append = start.Chat ? OfContent(start) : OfText(start);
    }

    /// <summary>The rule for a sequence, or null when it has no stop strings.</summary>
    /// <exception cref="JsonException">The tool list is no JSON.</exception>
    public static StopRule? RuleFor(Tokenizer tokenizer, GenerateStart start)
    {
        if (start.Stop.Count == 0)
            return null;
        var strings = new StopStrings(tokenizer, start);
        foreach (var id in start.ReplayIds)
            strings.Ends(id);
        return strings.Ends;
    }

    private bool Ends(int id)
    {
        if (_tokenizer.IsSpecial(id))
            return false;
        var text = _utf8.Append(_tokenizer.TokenBytes(id));
        return text.Length > 0 && _append(text);
    }

    private static Func<string, bool> OfContent(GenerateStart start)
    {
        using var tools = start.ToolsJson.IsEmpty ? null : JsonDocument.Parse(start.ToolsJson.Memory);
        var parser = new OutputParser(new OutputParserOptions
        {
            StartInReasoning = start.Reasoning is { } reasoning && (reasoning.StartsOpen || reasoning.Decide),
            Tools = tools?.RootElement.Clone(),
            ToolCallsAllowed = start.ToolCallsAllowed,
            ToolCallsInReasoning = start.Form is null,
            LiteralContent = start.Form is { Content: not ContentForm.ContentFree },
            StopStrings = [.. start.Stop],
        });
        return text =>
        {
            parser.Append(text);
            return parser.StopStringSeen;
        };
    }

    private static Func<string, bool> OfText(GenerateStart start)
    {
        var scanner = new StopStringScanner([.. start.Stop]);
        return text =>
        {
            scanner.Append(text);
            return scanner.Matched;
        };
    }
}
