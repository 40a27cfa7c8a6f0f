using Platform.Text.Grammar;

namespace Platform.Text.Tests.Grammar;

/// <summary>What cannot be compiled is refused with its keyword and place.</summary>
public sealed class RefusedSchemas
{
    public static TheoryData<string, string?, string?> Cases => new()
    {
        { """{"typ":"string"}""", "typ", "#" },
        { """{"type":"object","properties":{"a":{"not":{}}}}""", "not", "#/properties/a" },
        { """{"if":{},"then":{}}""", "if", "#" },
        { """{"type":"array","items":{"type":"array","contains":{}}}""", "contains", "#/items" },
        { """{"type":"object","patternProperties":{"a":{}}}""", "patternProperties", "#" },
        { """{"type":"array","uniqueItems":true}""", "uniqueItems", "#" },
        { """{"type":"text"}""", "type", "#" },
        { """{"type":[]}""", "type", "#" },
        { """{"type":"string","pattern":"a(?=b)"}""", "pattern", "#" },
        { """{"type":"string","pattern":"(a"}""", "pattern", "#" },
        { """{"type":"string","pattern":"\\bword\\b"}""", "pattern", "#" },
        { """{"type":"string","pattern":"(a)\\1"}""", "pattern", "#" },
        { """{"type":"string","pattern":"(x{1000}){1000}"}""", "pattern", "#" },
        { """{"type":"string","pattern":"^a$","minLength":2}""", "pattern", "#" },
        { """{"type":"string","format":"cheese"}""", "format", "#" },
        { """{"type":"string","minLength":3,"maxLength":2}""", "minLength", "#" },
        { """{"type":"string","minLength":-1}""", "minLength", "#" },
        { """{"type":"array","minItems":3,"maxItems":2}""", "minItems", "#" },
        { """{"type":"integer","minimum":3,"maximum":2}""", "maximum", "#" },
        { """{"type":"integer","minimum":1.2,"maximum":1.8}""", "maximum", "#" },
        { """{"type":"number","multipleOf":0}""", "multipleOf", "#" },
        { """{"type":"number","multipleOf":1234567}""", "multipleOf", "#" },
        { """{"type":"number","minimum":"3"}""", "minimum", "#" },
        { """{"enum":[]}""", "enum", "#" },
        { """{"enum":["a"],"minLength":1}""", "minLength", "#" },
        { """{"$ref":"other.json"}""", "$ref", "#" },
        { """{"$ref":"#/$defs/none"}""", "$ref", "#" },
        { """{"$ref":"#"}""", "$ref", "#" },
        { """{"$defs":{"a":{"anyOf":[{"$ref":"#/$defs/a"},{"type":"null"}]}},"$ref":"#/$defs/a"}""", "$ref", "#/$defs/a/anyOf/0" },
        { """{"oneOf":[{"type":"integer"},{"type":"number"}]}""", "oneOf", "#" },
        { """{"oneOf":[{"$ref":"#"}]}""", "$ref", "#/oneOf/0" },
        { """{"oneOf":[{"const":{"a":1}},{"const":{"a": 1.0}}]}""", "oneOf", "#" },
        { """{"type":"string","pattern":"a{0}{4096}{4096}{4096}{4096}"}""", "pattern", "#" },
        { """{"anyOf":[]}""", "anyOf", "#" },
        { """{"anyOf":[1]}""", "anyOf", "#" },
        { """{"properties":[]}""", "properties", "#" },
        { """{"type":"object","properties":{"a":5}}""", "properties", "#" },
        { """{"type":"object","required":[1]}""", "required", "#" },
        { """{"type":"object","minProperties":2}""", "minProperties", "#" },
        { """{"type":"array","items":[{}]}""", "items", "#" },
        { """{"type":"object","properties":{"a":{"$ref":"#"}},"required":["a"]}""", null, null },
        { """{"type":"object","properties":{"a":false},"required":["a"]}""", null, null },
        { "false", null, null },
        { "[]", null, "#" },
        { "{", null, "#" },
        { "\"\\ud800\"", null, "#" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Name_the_keyword_and_its_place(string schema, string? keyword, string? location)
    {
        var refused = Assert.Throws<GrammarException>(() => Grammars.OfSchema(schema));
        Assert.Equal(keyword, refused.Keyword);
        Assert.Equal(location, refused.Location);
        Assert.NotEmpty(refused.Message);
        if (keyword is not null)
            Assert.Contains($"'{keyword}' at {location}", refused.Message, StringComparison.Ordinal);
    }

    public static TheoryData<string> Large => new(
        $$"""{"allOf":[{{string.Join(',', Enumerable.Repeat("""{"anyOf":[{},{}]}""", 40))}},{"anyOf":[false]}]}""",
        """{"$defs":{"""
            + string.Concat(Enumerable.Range(0, 4000).Select(i => $$"""
                "d{{i}}":{"oneOf":[{"$ref":"#/$defs/d{{i + 1}}"}]},
                """))
            + "\"d4000\":{}},\"$ref\":\"#/$defs/d0\"}",
        $$"""{"enum":[{{string.Join(',', Enumerable.Range(0, 6000))}}]}""",
        $$"""{"description":"{{new string('x', 300_000)}}"}""",
        string.Concat(Enumerable.Repeat("""{"items":""", 200)) + "{}" + new string('}', 200),
        $$"""{"allOf":[{{string.Join(',', Enumerable.Range(0, 20).Select(i => $$"""{"anyOf":[{"minimum":{{i}}},{"maximum":{{i}}}]}"""))}}]}""",
        """{"type":"string","pattern":"((((a{0,99}){0,99}){0,99}){0,99})"}""",
        $$"""{"type":"string","pattern":"{{new string('(', 5000)}}"}""",
        $$"""{"type":"string","pattern":"({{string.Join('|', Enumerable.Range(0, 60).Select(_ => "a?".PadRight(60, 'b')))}}){0,50}"}""",
        $$"""{"type":"array","items":{"type":"object","properties":{ {{string.Join(',', Enumerable.Range(0, 3000).Select(i => $$"""
            "p{{i}}":{"type":"number","minimum":{{i}}.5}
            """))}} } } }""");

    [Theory]
    [MemberData(nameof(Large))]
    public void Stay_bounded_where_a_schema_is_too_large(string schema)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<GrammarException>(() => Grammars.OfSchema(schema));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1L << 30);
    }

    [Fact]
    public void Stop_when_cancelled()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var request = new GrammarRequest { Content = ContentForm.JsonSchema, Source = """{"type":"object"}""" };
        Assert.Throws<OperationCanceledException>(() => CompiledGrammar.Compile(request, null, cancelled.Token));
    }

    [Fact]
    public void Never_backtrack()
    {
        // Each makes a backtracking matcher take exponential time on these texts.
        foreach (string expression in (string[])["(a+)+b", "(a|a)*b", "(a|aa)+b", "([a-z]*)*1", "(.*a){12}b"])
        {
            var grammar = Grammars.OfExpression(expression);
            var automaton = new ByteAutomaton(grammar);
            var state = automaton.Start(grammar.Root);
            state = automaton.Step(state, System.Text.Encoding.ASCII.GetBytes(new string('a', 20_000)));
            Assert.False(state.IsDead);
            Assert.False(state.MayEnd);
        }
    }
}
