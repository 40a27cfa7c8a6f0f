using System.Text;
using System.Text.Json;
using Platform.Text.Output;

namespace Platform.Text.Grammar;

/// <summary>
/// Draws the value of a tool's parameter as calls spell it: strings raw, all else as JSON, then the closing tag. What is read back from the
/// call is what the schema allows: where a string could be taken for something else, the schema is refused.
/// </summary>
internal sealed class ParameterRule(JsonRules json, OfferedFunction function)
{
    /// <summary>The rule for a parameter's value and closing tag.</summary>
    /// <param name="name">The parameter.</param>
    /// <param name="schema">Its schema.</param>
    public int Rule(string name, JsonElement schema)
    {
        if (!function.Strict)
        {
            try
            {
                return Checked(name, schema);
            }
            catch (GrammarException)
            {
                // Not promised: the value is any text, and read back as well as it goes.
                return json.Texts.RawValue(0, -1);
            }
        }

        return Checked(name, schema);
    }

    private int Checked(string name, JsonElement schema)
    {
        var root = function.Parameters!.Value;
        var readAs = new ParameterSchema(root).TypesOf(schema);
        var compiler = new SchemaCompiler(json, root, function.Pointer);
        var own = new Conjunct(schema, function.Pointer).Inside(schema, "properties", name);
        SchemaReading.Schema(own, "properties", own);
        var rule = json.Grammar.Rule();
        foreach (var alternative in compiler.Alternatives([own]))
            Draw(rule, compiler, alternative, readAs);
        compiler.Finish();
        return rule.Id;
    }

    private void Draw(RuleBuilder rule, SchemaCompiler compiler, IReadOnlyList<Conjunct> schemas, ParameterTypes readAs)
    {
        if (Values.Of(schemas, json.Grammar.Limits.MaxEnumValues) is { } values)
        {
            rule.Literals(rule.Start, values.Select(value => Listed(schemas[0], value, readAs)), rule.End);
            return;
        }

        var types = schemas.Count == 0 ? JsonTypes.All : TypeDrawing.TypesOf(schemas);
        if (types.HasFlag(JsonTypes.String))
            DrawString(rule, schemas, types, readAs);
        if (types == JsonTypes.All)
            return;
        int closing = rule.State();
        rule.Free(rule.Literal(closing, TextRules.RawEnd), rule.End);
        if (types.HasFlag(JsonTypes.Null))
            rule.Free(rule.Literal(RequireReadable(rule.Start, schemas, readAs, ParameterTypes.Null), "null"), closing);
        if (types.HasFlag(JsonTypes.Boolean))
        {
            // The format's own template writes them as Python does.
            rule.Literals(
                RequireReadable(rule.Start, schemas, readAs, ParameterTypes.Boolean),
                ["true"u8.ToArray(), "false"u8.ToArray(), "True"u8.ToArray(), "False"u8.ToArray()],
                closing);
        }

        if ((types & JsonTypes.Number) != 0)
            rule.Call(RequireReadable(rule.Start, schemas, readAs, ParameterTypes.Number), new NumberSchema(json, schemas).Rule(types.HasFlag(JsonTypes.Fraction)), closing);
        if (types.HasFlag(JsonTypes.Object))
            rule.Call(RequireReadable(rule.Start, schemas, readAs, ParameterTypes.Structure), new ObjectSchema(compiler, schemas).Rule(), closing);
        if (types.HasFlag(JsonTypes.Array))
            rule.Call(RequireReadable(rule.Start, schemas, readAs, ParameterTypes.Structure), new ArraySchema(compiler, schemas).Rule(), closing);
    }

    private void DrawString(RuleBuilder rule, IReadOnlyList<Conjunct> schemas, JsonTypes types, ParameterTypes readAs)
    {
        var others = readAs & ~ParameterTypes.String;
        bool anything = types == JsonTypes.All;
        // Any text does for a value of any kind; and for a string that may be null, the word null.
        if (!anything && others != ParameterTypes.None && !(others == ParameterTypes.Null && types.HasFlag(JsonTypes.Null)))
            throw Ambiguous(schemas);
        if (anything && readAs != ParameterTypes.Untyped)
            throw Ambiguous(schemas);
        int value = anything ? json.Texts.RawValue(0, -1) : new StringSchema(json, schemas).Rule(raw: true);
        rule.Call(rule.Start, value, rule.End);
    }

    private byte[] Listed(Conjunct schema, JsonElement value, ParameterTypes readAs)
    {
        string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : Values.Spelled(value);
        using var read = JsonDocument.Parse(ArgumentConversion.ToJson(text, readAs));
        if (!JsonElement.DeepEquals(read.RootElement, value) || !json.Watch.Allows(text) || text.Contains('\r', StringComparison.Ordinal))
        {
            throw schema.Wrong(
                "enum", "a value could not be read back from a tool call: it looks like one of another type, or contains a tag or a carriage return. Leave it out, or name the type.");
        }

        return Encoding.UTF8.GetBytes(text + TextRules.RawEnd);
    }

    private static int RequireReadable(int state, IReadOnlyList<Conjunct> schemas, ParameterTypes readAs, ParameterTypes needed)
    {
        bool readable = readAs.HasFlag(needed) || (needed == ParameterTypes.Structure && readAs.HasFlag(ParameterTypes.Untyped));
        return readable ? state : throw Ambiguous(schemas);
    }

    private static GrammarException Ambiguous(IReadOnlyList<Conjunct> schemas) => (schemas.Count > 0 ? schemas[0] : new Conjunct(default, "#")).Wrong(
        "type",
        "a call spells strings without quotes, so this parameter's type cannot be read back for sure. " +
        "Give it one type, or a list of values (enum); a string may also be null. Or put it into an object.");
}
