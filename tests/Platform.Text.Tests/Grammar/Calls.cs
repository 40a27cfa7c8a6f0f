using Platform.Text.Grammar;
using Platform.Text.Output;
using Platform.Text.Tests.Tokenization;

namespace Platform.Text.Tests.Grammar;

/// <summary>Constrained tool calls are read back as their tools describe them.</summary>
public sealed class Calls
{
    private const string Weather = """
        [{"type":"function","function":{"name":"weather","strict":true,"parameters":{"type":"object","properties":{
          "city":{"type":"string","minLength":1,"maxLength":20},"days":{"type":"integer","minimum":1,"maximum":14},
          "unit":{"enum":["C","F"]},"exact":{"type":"boolean"},"note":{"type":["string","null"]},
          "area":{"type":"object","properties":{"lat":{"type":"number"},"names":{"type":"array","items":{"type":"string"}}},"required":["lat","names"],"additionalProperties":false}},
          "required":["city","days","area"],"additionalProperties":false}}},
         {"type":"function","function":{"name":"stop","strict":true}}]
        """;

    [Fact]
    public void Take_the_models_own_format_and_nothing_else()
    {
        var grammar = Grammars.OfCalls(Weather);
        const string area = "<parameter=area>\n{\"lat\": 1.5, \"names\": [\"a\"]}\n</parameter>\n";
        string Call(string parameters, string name = "weather") => $"<tool_call>\n<function={name}>\n{parameters}</function>\n</tool_call>";
        string full = Call($"<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n3\n</parameter>\n<parameter=unit>\nC\n</parameter>\n<parameter=exact>\nTrue\n</parameter>\n{area}");
        string least = Call($"<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n3\n</parameter>\n{area}");
        Assert.True(Grammars.Accepts(grammar, full));
        Assert.True(Grammars.Accepts(grammar, least));
        Assert.True(Grammars.Accepts(grammar, $"{least}\n{Call("", "stop")}"));
        Assert.False(Grammars.Accepts(grammar, ""));
        Assert.False(Grammars.Accepts(grammar, "Sunny."));
        Assert.False(Grammars.Accepts(grammar, Call("", "other")));
        Assert.False(Grammars.Accepts(grammar, Call("")));
        Assert.False(Grammars.Accepts(grammar, Call($"<parameter=city>\nOslo\n</parameter>\n<parameter=days>\n15\n</parameter>\n{area}")));
        Assert.False(Grammars.Accepts(grammar, Call($"<parameter=city>\n\n</parameter>\n<parameter=days>\n1\n</parameter>\n{area}")));
        Assert.False(Grammars.Accepts(Grammars.OfCalls(Weather, single: true), $"{least}\n{least}"));
    }

    [Fact]
    public void Let_text_stand_before_them_when_the_model_decides()
    {
        var grammar = Grammars.OfCalls(Weather, ToolCallForm.Checked);
        Assert.True(Grammars.Accepts(grammar, "a <b> </tool_call> <tool_cal"));
        Assert.True(Grammars.Accepts(grammar, "Look:\n<tool_call>\n<function=stop>\n</function>\n</tool_call>"));
        Assert.False(Grammars.Accepts(grammar, "Look:\n<tool_call>\n<function=none>\n</function>\n</tool_call>"));
        Assert.False(Grammars.Accepts(grammar, "<tool_call> is a tag"));
        Assert.False(Grammars.Accepts(grammar, "<function=stop>"));
    }

    [Fact]
    public void Are_read_back_with_arguments_that_fit_whatever_the_model_says()
    {
        var automaton = new TokenAutomaton(Grammars.OfCalls(Weather), Grammars.Tiny35);
        var schema = Grammars.Json(Weather)[0].GetProperty("function").GetProperty("parameters");
        int calls = 0;
        for (int seed = 0; seed < 60; seed++)
        {
            var speaker = new RandomSpeaker(automaton, new Random(seed));
            bool thinks = seed % 2 == 0;
            if (speaker.Speak(thinks) is not { } ids)
                continue;
            var parser = new OutputParser(new OutputParserOptions { StartInReasoning = thinks, Tools = Grammars.Json(Weather), ToolCallsInReasoning = false });
            List<OutputDelta> deltas = [.. parser.Append(Text(ids)), .. parser.Finish(reachedLength: false)];
            var reply = ParsedOutput.Of(deltas, parser.FinishReason);
            Assert.Equal("tool_calls", parser.FinishReason);
            Assert.Null(reply.Content);
            foreach (var call in reply.ToolCalls)
            {
                calls++;
                var arguments = Grammars.Json(call.Arguments);
                Assert.True(call.Name == "stop" || PlainValidator.IsValid(schema, schema, arguments), call.Arguments);
            }
        }

        Assert.True(calls >= 50, $"Only {calls} calls were made.");
    }

    [Theory]
    [InlineData("""{"type":"object","properties":{"a":{"type":["string","integer"]}}}""", "type")]
    [InlineData("""{"type":"object","properties":{"a":{"enum":["1",1]}}}""", "enum")]
    [InlineData("""{"type":"object","properties":{"a":{"enum":["</parameter>"]}}}""", "enum")]
    [InlineData("""{"type":"object","properties":{"a<b":{"type":"string"}}}""", "properties")]
    [InlineData("""{"type":"object","properties":{"a":{"not":{}}}}""", "not")]
    [InlineData("""{"$ref":"#/$defs/p","$defs":{"p":{}}}""", "$ref")]
    [InlineData("""{"type":"string"}""", "type")]
    public void Refuse_a_strict_tool_that_cannot_be_kept_and_do_what_they_can_for_others(string parameters, string keyword)
    {
        string Tool(bool strict) =>
            $$"""[{"type":"function","function":{"name":"f","strict":{{(strict ? "true" : "false")}},"parameters": {{parameters}} } }]""";
        var refused = Assert.Throws<GrammarException>(() => Grammars.OfCalls(Tool(strict: true)));
        Assert.Equal(keyword, refused.Keyword);
        Assert.StartsWith("#/0/function/parameters", refused.Location, StringComparison.Ordinal);
        Assert.True(Grammars.Accepts(Grammars.OfCalls(Tool(strict: false)), "<tool_call>\n<function=f>\n</function>\n</tool_call>"));
    }

    [Fact]
    public void Keep_values_free_of_the_tags_that_end_them()
    {
        const string tool = """[{"type":"function","function":{"name":"f","parameters":{"type":"object","properties":{"code":{"type":"string"},"list":{"type":"array"}}}}}]""";
        var grammar = Grammars.OfCalls(tool);
        string Call(string code) => $"<tool_call>\n<function=f>\n<parameter=code>\n{code}\n</parameter>\n</function>\n</tool_call>";
        foreach (string code in (string[])["", "\n\n", "if (a < b) { }", "<html></html>\n", "</param>", "<tool_call>", "</parameter", "😀<"])
        {
            Assert.True(Grammars.Accepts(grammar, Call(code)), code);
            var parsed = ParsedOutput.Parse(new OutputParserOptions { Tools = Grammars.Json(tool) }, Call(code), reachedLength: false);
            Assert.Equal(code, Grammars.Json(Assert.Single(parsed.ToolCalls).Arguments).GetProperty("code").GetString());
        }

        foreach (string code in (string[])["</parameter>", "x</function>", "\n<parameter=a>", "a</tool_call>b", "a\r"])
            Assert.False(Grammars.Accepts(grammar, Call(code)), code);
        Assert.False(Grammars.Accepts(grammar, "<tool_call>\n<function=f>\n<parameter=list>\n[\"</parameter></function>\"]\n</parameter>\n</function>\n</tool_call>"));
    }

    private static string Text(IEnumerable<int> ids) => Tokenizers.Tiny35.Decode([.. ids], skipSpecial: true);
}
