using System.Text;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Puts an answer's grammar together: its content, its calls, or either.</summary>
internal sealed class RequestCompiler(GrammarRequest request, GrammarLimits limits, CancellationToken cancellationToken)
{
    private const int MaxSchemaDepth = 128;

    // What the chat format writes between the closing tag and the answer.
    private const int MaxLinesAfterReasoning = 2;

    private readonly GrammarBuilder _grammar = new(limits, cancellationToken);

    public CompiledGrammar Compile()
    {
        int bytes = Encoding.UTF8.GetByteCount(request.Source);
        if (bytes > limits.MaxSourceBytes)
            throw new GrammarException($"It has {bytes} bytes; at most {limits.MaxSourceBytes} are taken. Shorten it.");
        var root = _grammar.Rule();
        Draw(root);
        return _grammar.Build(root.Id, AfterReasoning(root.Id));
    }

    private void Draw(RuleBuilder root)
    {
        if (request.Calls == ToolCallForm.Required)
        {
            root.Call(root.Start, Calls().Calls(request.SingleCall), root.End);
            return;
        }

        if (request.Content == ContentForm.Free)
        {
            if (request.Calls != ToolCallForm.Checked)
                throw new GrammarException("Nothing is constrained, so there is no grammar to compile.");
            root.Call(root.Start, Calls().TextThenCalls(request.SingleCall), root.End);
            return;
        }

        root.Call(root.Start, Content(), root.End);
        if (request.Calls == ToolCallForm.Checked)
            root.Call(root.Start, Calls().Calls(request.SingleCall), root.End);
    }

    private int AfterReasoning(int root)
    {
        var rule = _grammar.Rule();
        int at = rule.Start;
        for (int i = 0; i < MaxLinesAfterReasoning; i++)
        {
            rule.Call(at, root, rule.End);
            int next = rule.State();
            rule.Byte(at, '\n', next);
            at = next;
        }

        rule.Call(at, root, rule.End);
        return rule.Id;
    }

    private CallRules Calls()
    {
        var functions = OfferedFunction.Of(request.Tools)
            .Where(function => request.Functions is null || request.Functions.Contains(function.Name, StringComparer.Ordinal))
            .ToList();
        return functions.Count > 0
            ? new CallRules(_grammar, functions)
            : throw new GrammarException("A tool call is asked for, but no such tool is offered. Send it in 'tools'.");
    }

    private int Content()
    {
        var json = new JsonRules(_grammar, TagWatch.Nothing);
        return request.Content switch
        {
            ContentForm.JsonObject => json.Object,
            ContentForm.JsonSchema => Schema(json),
            _ => Expression(),
        };
    }

    private int Schema(JsonRules json)
    {
        using var document = Parse(request.Source);
        var root = new Conjunct(document.RootElement, "#");
        if (root.Schema.ValueKind is not (JsonValueKind.Object or JsonValueKind.True or JsonValueKind.False))
            throw new GrammarException("The schema must be an object, true or false.", null, "#");
        return new SchemaCompiler(json, root.Schema, "#").Compile(root);
    }

    private static JsonDocument Parse(string source)
    {
        try
        {
            return JsonDocument.Parse(source, new JsonDocumentOptions { MaxDepth = MaxSchemaDepth });
        }
        catch (JsonException)
        {
            throw new GrammarException($"The schema is not JSON, or nested deeper than {MaxSchemaDepth} levels. Correct or flatten it.", null, "#");
        }
    }

    private int Expression()
    {
        static GrammarException Wrong(string message) => new($"The expression cannot be used: {message}");
        var automaton = ExpressionCompiler.Compile(request.Source, wholeText: true, limits.MaxExpressionStates, Wrong);
        if (automaton.IsEmpty)
            throw Wrong("no text matches it. Loosen it.");
        var rule = _grammar.Rule();
        var writer = new CharacterWriter(rule, inJsonString: false);
        int[] states = [.. automaton.IsEnd.Select(_ => rule.State())];
        rule.Free(rule.Start, states[0]);
        for (int i = 0; i < states.Length; i++)
        {
            foreach (var (set, target) in automaton.Edges[i])
                writer.Read(states[i], set, states[target]);
            if (automaton.IsEnd[i])
                rule.Free(states[i], rule.End);
        }

        return rule.Id;
    }
}
