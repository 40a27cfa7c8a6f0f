namespace Platform.Text.Tests.Grammar;

/// <summary>What each keyword lets through and keeps out.</summary>
public sealed class SchemaKeywords
{
    public static TheoryData<string, string[], string[]> Cases => new()
    {
        { "{}", ["1", "null", "\"a\"", "[1, {\"a\": []}]", "{}"], ["", "x", "01", "[1,]", "{\"a\"}", "1 "] },
        { "true", ["false"], ["False"] },
        { """{"type":"null"}""", ["null"], ["nul", "0"] },
        { """{"type":"boolean"}""", ["true", "false"], ["1", "\"true\""] },
        { """{"type":"string"}""", ["\"\"", "\"ä😀\\n\\u00e4\\ud83d\\ude00\"", "\"<b>\""], ["\"", "\"\n\"", "\"\\x\"", "\"\\ud83d\"", "\"\\udE00\"", "'a'"] },
        { """{"type":"string","minLength":2,"maxLength":3}""", ["\"ab\"", "\"ä😀\"", "\"a\\nb\"", "\"\\u0041bc\""], ["\"a\"", "\"abcd\"", "\"\"", "\"\\ud83d\\ude00\""] },
        { """{"type":"string","maxLength":0}""", ["\"\""], ["\"a\""] },
        { """{"type":"string","pattern":"^a+b?$"}""", ["\"a\"", "\"aab\""], ["\"\"", "\"b\"", "\"abb\""] },
        { """{"type":"string","pattern":"ab"}""", ["\"ab\"", "\"xaby\"", "\"\\nab\\\"\""], ["\"a\"", "\"ba\""] },
        { """{"type":"string","pattern":"^\\d{2}$|^x"}""", ["\"12\"", "\"xyz\""], ["\"123\"", "\"1\""] },
        { """{"type":"string","pattern":"^(ab)*$","minLength":3,"maxLength":5}""", ["\"abab\""], ["\"ab\"", "\"ababab\"", "\"\""] },
        { """{"type":"string","pattern":"^[^a]$"}""", ["\"\\\"\"", "\"\\\\\"", "\"\\n\"", "\"\\u0001\"", "\"é\""], ["\"a\"", "\"bb\""] },
        { """{"type":"string","format":"date"}""", ["\"2024-12-31\""], ["\"2024-13-01\"", "\"2024-02-30\"", "\"24-1-1\""] },
        { """{"type":"string","format":"date-time"}""", ["\"2024-12-31T23:59:59Z\"", "\"2024-12-31T23:59:59.5+01:30\""], ["\"2024-12-31\"", "\"2024-12-31T24:00:00Z\""] },
        { """{"type":"string","format":"uuid"}""", ["\"0f8fad5b-d9cb-469f-a165-70867728950e\""], ["\"0f8fad5b\""] },
        { """{"type":"string","format":"ipv4"}""", ["\"192.168.0.255\""], ["\"192.168.0.256\"", "\"1.2.3\""] },
        { """{"type":"string","format":"email"}""", ["\"a.b+c@d-e.org\""], ["\"a@b\"", "\"@b.c\""] },
        { """{"type":"string","format":"duration"}""", ["\"P3DT4H\"", "\"PT5M\"", "\"P2W\""], ["\"P\"", "\"PT\"", "\"3D\""] },
        { """{"enum":["a",1,null,{"b":[true]},"ä\n"]}""", ["\"a\"", "1", "null", "{\"b\": [true]}", "\"ä\\n\""], ["\"b\"", "2", "{\"b\":[true]}"] },
        { """{"type":"string","enum":["a",1]}""", ["\"a\""], ["1"] },
        { """{"const":"x"}""", ["\"x\""], ["\"xx\"", "x"] },
        { """{"type":"integer"}""", ["0", "-1", "999999999999999999"], ["01", "1.0", "1e3", "-0", "1000000000000000000", ""] },
        { """{"type":"integer","minimum":-5,"maximum":12}""", ["-5", "0", "9", "10", "12"], ["-6", "13", "100", "-10"] },
        { """{"type":"integer","exclusiveMinimum":9,"exclusiveMaximum":101}""", ["10", "99", "100"], ["9", "101", "1000"] },
        { """{"type":"integer","minimum":1.5}""", ["2", "20"], ["1", "0", "-2"] },
        { """{"type":"integer","multipleOf":7,"minimum":-20}""", ["0", "7", "14", "-14", "700"], ["1", "8", "-21", "701"] },
        { """{"type":"number"}""", ["0", "-0.5", "1.25e10", "1E-9"], [".5", "1.", "1e", "+1", "1e100000"] },
        { """{"type":"number","minimum":0.5,"maximum":2}""", ["0.5", "0.50", "1", "1.999", "2", "2.0"], ["0.4999", "0", "2.01", "-1", "20"] },
        { """{"type":"number","exclusiveMinimum":0,"exclusiveMaximum":1}""", ["0.1", "0.001", "0.999"], ["0", "0.0", "1", "1.0", "-0.5"] },
        { """{"type":"number","maximum":-2.5}""", ["-2.5", "-3", "-2.51", "-100.25"], ["-2.4", "0", "2.5"] },
        { """{"type":"number","multipleOf":0.25,"minimum":0,"maximum":1}""", ["0.25", "0.5", "0.50", "1"], ["0.3", "0.125", "1.25"] },
        { """{"type":["string","null"]}""", ["\"a\"", "null"], ["1"] },
        { """{"type":"string","nullable":true}""", ["\"a\"", "null"], ["1"] },
        { """{"type":"array","items":{"type":"integer"}}""", ["[]", "[1]", "[1, 2,\n  3\n]"], ["[\"a\"]", "[1,]", "[ ]", "[1  ,2]"] },
        { """{"type":"array","minItems":1,"maxItems":2,"items":{"type":"boolean"}}""", ["[true]", "[true,false]"], ["[]", "[true,true,true]"] },
        { """{"type":"array","maxItems":0}""", ["[]"], ["[1]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"},{"const":"a"}],"items":false}""", ["[]", "[1]", "[1, \"a\"]"], ["[\"a\"]", "[1, \"a\", 1]"] },
        { """{"type":"array","prefixItems":[{"type":"integer"}],"items":{"type":"null"},"minItems":2}""", ["[1, null]", "[1,null,null]"], ["[1]", "[null, null]"] },
        {
            """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a","b"],"additionalProperties":false}""",
            ["{\"a\": 1, \"b\": \"x\"}", "{\"a\":1,\"b\":\"\"}", "{\n  \"a\": 1,\n  \"b\": \"x\"\n}"],
            ["{\"a\": 1}", "{}", "{\"b\": \"x\", \"a\": 1}", "{\"a\": 1, \"b\": \"x\", \"c\": 1}", "{\"a\" : 1}"]
        },
        {
            """{"type":"object","properties":{"a":{"const":1},"b":{"const":2},"c":{"const":3}},"required":["b"]}""",
            ["{\"b\": 2}", "{\"a\": 1, \"b\": 2}", "{\"b\": 2, \"c\": 3}", "{\"a\": 1, \"b\": 2, \"c\": 3}"],
            ["{}", "{\"a\": 1}", "{, \"b\": 2}", "{\"a\": 1, \"c\": 3}", "{\"b\": 2, \"d\": 1}"]
        },
        { """{"type":"object","properties":{}}""", ["{}"], ["{\"a\": 1}"] },
        { """{"type":"object"}""", ["{}", "{\"a\": [1], \"b\": {}}"], ["[]", "{\"a\": }"] },
        { """{"type":"object","additionalProperties":{"type":"integer"},"maxProperties":2}""", ["{}", "{\"x\": 1}", "{\"x\": 1, \"y\": 2}"], ["{\"x\": \"1\"}", "{\"x\": 1, \"y\": 2, \"z\": 3}"] },
        { """{"type":"object","additionalProperties":{"type":"integer"},"minProperties":1}""", ["{\"x\": 1}"], ["{}"] },
        {
            """{"type":"object","properties":{"ab":{"type":"boolean"}},"additionalProperties":{"type":"integer"}}""",
            ["{\"ab\": true, \"a\": 1}", "{\"abc\": 1}", "{\"a\": 1, \"é\": 2}", "{\"\": 1}"],
            ["{\"ab\": 1}", "{\"a\": 1, \"ab\": 2}", "{\"a\": true}", "{\"\\u0061b\": 1}"]
        },
        { """{"type":"object","propertyNames":{"pattern":"^k[0-9]$"},"additionalProperties":{"type":"null"}}""", ["{\"k1\": null}"], ["{\"x\": null}", "{\"k1\": 1}"] },
        { """{"type":"object","required":["z"],"additionalProperties":{"type":"integer"}}""", ["{\"z\": 1}", "{\"z\": 1, \"y\": 2}"], ["{\"y\": 1}", "{}"] },
        { """{"anyOf":[{"type":"integer"},{"type":"string","enum":["a"]}]}""", ["1", "\"a\""], ["\"b\"", "null"] },
        { """{"oneOf":[{"type":"integer"},{"type":"string"}]}""", ["1", "\"b\""], ["null"] },
        {
            """{"oneOf":[{"type":"object","properties":{"k":{"const":"a"},"x":{"type":"integer"}},"required":["k","x"]},{"type":"object","properties":{"k":{"const":"b"}},"required":["k"]}]}""",
            ["{\"k\": \"a\", \"x\": 1}", "{\"k\": \"b\"}"],
            ["{\"k\": \"a\"}", "{\"k\": \"b\", \"x\": 1}"]
        },
        {
            """{"allOf":[{"type":"object","properties":{"a":{"type":"integer","minimum":3}},"required":["a"]},{"properties":{"a":{"maximum":4},"b":{"type":"null"}},"required":["b"]}]}""",
            ["{\"a\": 3, \"b\": null}"],
            ["{\"a\": 5, \"b\": null}", "{\"a\": 3}"]
        },
        {
            """{"type":"object","properties":{"a":{"type":"integer"},"b":{"type":"integer"}},"anyOf":[{"required":["a"]},{"required":["b"]}]}""",
            ["{\"a\": 1}", "{\"b\": 1}", "{\"a\": 1, \"b\": 1}"],
            ["{}"]
        },
        {
            """{"$ref":"#/$defs/node","$defs":{"node":{"type":"object","properties":{"v":{"type":"integer"},"next":{"anyOf":[{"$ref":"#/$defs/node"},{"type":"null"}]}},"required":["v","next"],"additionalProperties":false}}}""",
            ["{\"v\": 1, \"next\": null}", "{\"v\": 1, \"next\": {\"v\": 2, \"next\": {\"v\": 3, \"next\": null}}}"],
            ["{\"v\": 1}", "{\"v\": 1, \"next\": {\"v\": 2}}"]
        },
        { """{"type":"array","items":{"$ref":"#"}}""", ["[]", "[[], [[]]]"], ["[1]", "[[]"] },
        { """{"$defs":{"a/b~c":{"const":1}},"$ref":"#/$defs/a~1b~0c"}""", ["1"], ["2"] },
        { """{"title":"t","description":"d","default":1,"x-own":{},"type":"integer","$comment":"c"}""", ["5"], ["\"5\""] },
        { """{"minimum":3}""", ["3"], ["2", "\"a\""] },
        { """{"properties":{"a":{"const":1}}}""", ["{}", "{\"a\": 1}"], ["{\"a\": 2}"] },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public void Let_through_what_the_schema_allows_and_nothing_else(string schema, string[] accepted, string[] rejected)
    {
        var grammar = Grammars.OfSchema(schema);
        Assert.All(accepted, text => Assert.True(Grammars.Accepts(grammar, text), $"{schema} should accept {text}"));
        Assert.All(rejected, text => Assert.False(Grammars.Accepts(grammar, text), $"{schema} should reject {text}"));
    }

    [Fact]
    public void Never_offer_white_space_without_end()
    {
        var grammar = Grammars.OfSchema("""{"type":"array","items":{"type":"integer"}}""");
        Assert.False(Grammars.Accepts(grammar, "[\n\n1]"));
        Assert.False(Grammars.Accepts(grammar, "[  1]"));
        Assert.False(Grammars.Accepts(grammar, $"[\n{new string(' ', 65)}1]"));
        Assert.True(Grammars.Accepts(grammar, $"[\n{new string(' ', 64)}1]"));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(40)]
    [InlineData(5000)]
    public void Count_long_texts_exactly(int length)
    {
        var grammar = Grammars.OfSchema($$"""{"type":"string","minLength":{{length}},"maxLength":{{length}}}""");
        Assert.True(Grammars.Accepts(grammar, $"\"{new string('x', length)}\""));
        Assert.False(Grammars.Accepts(grammar, $"\"{new string('x', length - 1)}\""));
        Assert.False(Grammars.Accepts(grammar, $"\"{new string('x', length + 1)}\""));
    }
}
