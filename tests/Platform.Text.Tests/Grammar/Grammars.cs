using System.Text;
using System.Text.Json;
using Platform.Text.Grammar;
using Platform.Text.Tests.Tokenization;

namespace Platform.Text.Tests.Grammar;

/// <summary>Grammars and what they accept.</summary>
internal static class Grammars
{
    private static readonly Lazy<TokenVocabulary> LazyTiny35 = new(() => new TokenVocabulary(Tokenizers.Tiny35, StopIds));

    /// <summary>The end ids of the tiny35 vocabulary.</summary>
    public static int[] StopIds => [Tokenizers.Tiny35.AddedTokenId("<|im_end|>")!.Value, Tokenizers.Tiny35.AddedTokenId("<|endoftext|>")!.Value];

    public static TokenVocabulary Tiny35 => LazyTiny35.Value;

    public static CompiledGrammar OfSchema(string schema) =>
        CompiledGrammar.Compile(new GrammarRequest { Content = ContentForm.JsonSchema, Source = schema });

    public static CompiledGrammar OfExpression(string expression) =>
        CompiledGrammar.Compile(new GrammarRequest { Content = ContentForm.Expression, Source = expression });

    public static CompiledGrammar OfCalls(string tools, ToolCallForm form = ToolCallForm.Required, bool single = false) =>
        CompiledGrammar.Compile(new GrammarRequest { Calls = form, Tools = Json(tools), SingleCall = single });

    public static JsonElement Json(string json)
    {
        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    /// <summary>Whether a text is an answer of the grammar as a whole.</summary>
    public static bool Accepts(CompiledGrammar grammar, string text)
    {
        var automaton = new ByteAutomaton(grammar);
        var end = automaton.Step(automaton.Start(grammar.Root), Encoding.UTF8.GetBytes(text));
        return end.MayEnd;
    }
}
