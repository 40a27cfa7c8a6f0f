using System.Text.Json;
using Platform.Text.Output;

namespace Platform.Text.Tests.Output;

/// <summary>Row 16 and its kin: values become what their schema says, with their digits.</summary>
public sealed class ArgumentTypes
{
    private const string Definitions =
        """
        "$defs": {"Point": {"type": "object"}, "Loop": {"$ref": "#/$defs/Loop"}, "A/B": {"type": "integer"},
                  "Ping": {"anyOf": [{"$ref": "#/$defs/Pong"}]}, "Pong": {"anyOf": [{"$ref": "#/$defs/Ping"}]}}
        """;

    [Theory]
    [InlineData("""{"type": "string"}""", "12", "\"12\"")]
    [InlineData("""{"type": "string"}""", "null", "\"null\"")]
    [InlineData("""{"type": "string", "enum": ["1", "2"]}""", "1", "\"1\"")]
    [InlineData("""{"enum": ["1", "2"]}""", "1", "\"1\"")]
    [InlineData("""{"enum": [1, 2, null]}""", "1", "1")]
    [InlineData("""{"enum": [1, 2, null]}""", "None", "null")]
    [InlineData("""{"enum": [1, "a"]}""", "a", "\"a\"")]
    [InlineData("""{"const": true}""", "True", "true")]
    [InlineData("""{"type": "integer"}""", " -7 ", "-7")]
    [InlineData("""{"type": "integer"}""", "123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("""{"type": "integer"}""", "+2", "\"+2\"")]
    [InlineData("""{"type": "integer"}""", "02", "\"02\"")]
    [InlineData("""{"type": "integer"}""", "1 2", "\"1 2\"")]
    [InlineData("""{"type": "number"}""", "2.50", "2.50")]
    [InlineData("""{"type": "number"}""", "1e400", "1e400")]
    [InlineData("""{"type": "number"}""", "1E-7", "1E-7")]
    [InlineData("""{"type": "number"}""", "1.", "\"1.\"")]
    [InlineData("""{"type": "number"}""", "1e", "\"1e\"")]
    [InlineData("""{"type": "number"}""", "NaN", "\"NaN\"")]
    [InlineData("""{"type": "number"}""", " x ", "\" x \"")]
    [InlineData("""{"type": "boolean"}""", "TRUE", "true")]
    [InlineData("""{"type": "boolean"}""", "yes", "\"yes\"")]
    [InlineData("""{"type": "boolean"}""", "", "\"\"")]
    [InlineData("""{"type": "object"}""", "{\"id\": 9007199254740993, \"f\": 1.0}", "{\"id\": 9007199254740993, \"f\": 1.0}")]
    [InlineData("""{"type": "object"}""", "{'on': True, 'off': None}", "{\"on\": true, \"off\": null}")]
    [InlineData("""{"type": "object"}""", "{a: 1}", "\"{a: 1}\"")]
    [InlineData("""{"type": "object"}""", "{\"a\": 1", "\"{\\\"a\\\": 1\"")]
    [InlineData("""{"type": "object"}""", "null", "\"null\"")]
    [InlineData("""{"type": "array"}""", "[\n 1,\n 2\n]", "[1, 2]")]
    [InlineData("""{"type": "array"}""", "['a', \"b'c\", 2.50, [False],]", "[\"a\", \"b'c\", 2.50, [false]]")]
    [InlineData("""{"type": "array"}""", "['\\x41\\n\\'\\u00e9\\101\\q']", "[\"A\\n'\u00e9A\\\\q\"]")]
    [InlineData("""{"type": "array"}""", "['a' 'b']", "\"['a' 'b']\"")]
    [InlineData("""{"type": "array"}""", "[1] x", "\"[1] x\"")]
    [InlineData("""{"type": "array"}""", "none", "\"none\"")]
    [InlineData("""{"type": "array"}""", "[,]", "\"[,]\"")]
    [InlineData("""{"type": "null"}""", "None", "null")]
    [InlineData("""{"type": ["string", "null"]}""", "null", "null")]
    [InlineData("""{"type": ["string", "null"]}""", "nullable", "\"nullable\"")]
    [InlineData("""{"type": ["string", "null"]}""", "7", "\"7\"")]
    [InlineData("""{"type": ["string", "integer"]}""", "7", "7")]
    [InlineData("""{"type": "string", "nullable": true}""", " None ", "null")]
    [InlineData("""{"anyOf": [{"type": "integer"}, {"type": "null"}]}""", "12", "12")]
    [InlineData("""{"oneOf": [{"type": "string"}, {"type": "boolean"}, {"$ref": "#/$defs/Point"}]}""", "FALSE", "false")]
    [InlineData("""{"oneOf": [{"type": "string"}, {"type": "boolean"}, {"$ref": "#/$defs/Point"}]}""", "{'x': 1}", "{\"x\": 1}")]
    [InlineData("""{"allOf": [{"$ref": "#/$defs/Point"}]}""", "{\"x\": 1}", "{\"x\": 1}")]
    [InlineData("""{"$ref": "#/$defs/A~1B"}""", "3", "3")]
    [InlineData("""{"$ref": "#/$defs/Loop"}""", "{\"x\": 1}", "{\"x\": 1}")]
    [InlineData("""{"$ref": "#/$defs/Loop"}""", "{'x': 1}", "\"{'x': 1}\"")]
    [InlineData("""{"$ref": "#/$defs/Ping"}""", "3", "\"3\"")]
    [InlineData("""{"$ref": "#/$defs/Nowhere"}""", "[1]", "[1]")]
    [InlineData("""{"$ref": "other.json#/A"}""", "3", "\"3\"")]
    [InlineData("""{"description": "no type"}""", "[{\"q\": 1}]", "[{\"q\": 1}]")]
    [InlineData("""{"description": "no type"}""", "3", "\"3\"")]
    [InlineData("""{"type": "whatever"}""", "true", "\"true\"")]
    [InlineData("true", "{}", "{}")]
    public void A_value_becomes_what_its_schema_allows(string schema, string value, string json)
    {
        var tools = JsonElement.Parse($$"""
            [{"name": "f", "parameters": {"properties": {"p": {{schema}} }, {{Definitions}} } }]
            """);
        var output = Replies.Parse(new OutputParserOptions { Tools = tools }, Replies.Call("f", Replies.Parameter("p", value)));
        Replies.AssertCalls(output, "f", "{\"p\": " + json + "}");
    }

    [Fact]
    public void A_parameter_without_schema_is_a_string() => Replies.AssertCalls(
        Replies.Parse(Replies.Answering, Replies.Call("get_weather", Replies.Parameter("zip", "0150"))), "get_weather", """{"zip": "0150"}""");

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{'a': ", "}")]
    public void Nesting_without_end_is_a_string(string open, string close)
    {
        string value = string.Concat(Enumerable.Repeat(open, 5000)) + string.Concat(Enumerable.Repeat(close, 5000));
        var output = ParsedOutput.Parse(
            Replies.Answering, Replies.Call("write_file", Replies.Parameter("tags", value)), reachedLength: false);
        Assert.Equal(value, JsonElement.Parse(output.ToolCalls[0].Arguments).GetProperty("tags").GetString());
    }

    [Fact]
    public void Every_character_survives_as_a_string()
    {
        string value = string.Concat(Enumerable.Range(0, 0x2100).Select(c => (char)c).Where(c => c is not ('\r' or '\n'))) + "😀\uFFFD";
        var output = Replies.Parse(Replies.Answering, Replies.Call("write_file", Replies.Parameter("content", value)));
        Assert.Equal(value, JsonElement.Parse(output.ToolCalls[0].Arguments).GetProperty("content").GetString());
    }
}
