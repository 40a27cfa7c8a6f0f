using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>Draws tool calls in the model's own format.</summary>
internal sealed class CallRules
{
    /// <summary>What opens a call.</summary>
    public const string Opening = "<tool_call>";

    private const string Function = "\n<function=";
    private const string End = "</function>\n</tool_call>";
    private const int MaxNameLength = 64;

    private readonly GrammarBuilder _grammar;
    private readonly JsonRules _json;
    private readonly IReadOnlyList<OfferedFunction> _functions;

    /// <param name="grammar">Where the rules are drawn.</param>
    /// <param name="functions">The functions that may be called, at least one.</param>
    public CallRules(GrammarBuilder grammar, IReadOnlyList<OfferedFunction> functions)
    {
        _grammar = grammar;
        _json = new JsonRules(grammar, TagWatch.InCall);
        _functions = functions;
    }

    /// <summary>A rule for calls, the first one's opening tag left out.</summary>
    /// <param name="single">One call only.</param>
    public int AfterOpening(bool single)
    {
        int call = Call();
        var rule = _grammar.Rule();
        int after = rule.Call(rule.Start, call);
        rule.Free(after, rule.End);
        if (!single)
            rule.Call(rule.Literal(after, "\n" + Opening), call, after);
        return rule.Id;
    }

    /// <summary>A rule for an answer of calls alone.</summary>
    public int Calls(bool single)
    {
        var rule = _grammar.Rule();
        rule.Call(rule.Literal(rule.Start, Opening), AfterOpening(single), rule.End);
        return rule.Id;
    }

    /// <summary>A rule for any text that ends with the answer or with calls.</summary>
    public int TextThenCalls(bool single)
    {
        var rule = _grammar.Rule();
        int after = AfterOpening(single);
        // A call without its wrapper would be read as one too, so it is kept out of the text.
        var text = new FreeText(rule, Opening, "<function=");
        int opened = text.Draw();
        rule.Call(opened, after, rule.End);
        return rule.Id;
    }

    private int Call()
    {
        var rule = _grammar.Rule();
        int name = rule.Literal(rule.Start, Function);
        foreach (var function in _functions)
        {
            int parameters = rule.Literal(name, function.Name + ">\n");
            rule.Free(rule.Literal(Parameters(rule, parameters, function), End), rule.End);
        }

        return rule.Id;
    }

    private int Parameters(RuleBuilder rule, int from, OfferedFunction function)
    {
        if (function.Parameters is not { } schema)
            return from;
        try
        {
            return Named(rule, from, function, schema);
        }
        catch (GrammarException) when (!function.Strict)
        {
            return Any(rule, from);
        }
    }

    private int Named(RuleBuilder rule, int from, OfferedFunction function, JsonElement schema)
    {
        var root = new Conjunct(schema, function.Pointer);
        RequirePlain(root);
        var properties = new ObjectSchema(new SchemaCompiler(_json, schema, function.Pointer), [root]).Properties();
        var values = new List<(string Name, int Value, bool Required)>();
        foreach (var (name, _, required) in properties)
        {
            CallNames.Require(name, "properties", function.Pointer);
            if (!schema.TryGetProperty("properties", out var all) || !all.TryGetProperty(name, out var property))
                throw root.Wrong("required", "it names a parameter that is not among the properties. Describe it there.");
            values.Add((name, new ParameterRule(_json, function).Rule(name, property), required));
        }

        foreach (var (name, value, required) in values)
        {
            int next = rule.State();
            rule.Call(rule.Literal(from, $"<parameter={name}>\n"), value, next);
            if (!required)
                rule.Free(from, next);
            from = next;
        }

        return from;
    }

    // Parameters are read back by the properties of the schema itself.
    private static void RequirePlain(Conjunct root)
    {
        if (root.Schema.ValueKind != JsonValueKind.Object)
            throw root.Wrong("parameters", "it must be a schema that is an object.");
        Keywords.Check(root);
        if (!SchemaReading.Types(root).HasFlag(JsonTypes.Object))
            throw root.Wrong("type", "parameters are an object. Set it to \"object\".");
        foreach (string keyword in (string[])["$ref", "allOf", "anyOf", "oneOf", "enum", "const", "propertyNames", "minProperties", "maxProperties"])
        {
            if (root.Find(keyword) is not null)
                throw root.Wrong(keyword, "it is not supported at the top of a function's parameters. Write the properties out, or put it into one of them.");
        }
    }

    // Any parameters, for a schema that cannot be followed and need not be.
    private int Any(RuleBuilder rule, int from)
    {
        const string keyExpression = "[A-Za-z0-9_.-]";
        var name = ExpressionCompiler.Compile($"{keyExpression}{{1,{MaxNameLength}}}", wholeText: true, 1024, message => new GrammarException(message));
        int loop = rule.State();
        rule.Free(from, loop);
        var writer = new CharacterWriter(rule, inJsonString: false);
        int[] states = [.. name.IsEnd.Select(_ => rule.State())];
        rule.Free(rule.Literal(loop, "<parameter="), states[0]);
        int named = rule.State();
        for (int i = 0; i < states.Length; i++)
        {
            foreach (var (set, target) in name.Edges[i])
                writer.Read(states[i], set, states[target]);
            if (name.IsEnd[i])
                rule.Byte(states[i], '>', named);
        }

        rule.Call(rule.Literal(named, "\n"), _json.Texts.RawValue(0, -1), loop);
        return loop;
    }
}
