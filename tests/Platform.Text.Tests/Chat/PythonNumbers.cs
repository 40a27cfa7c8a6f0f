using System.Text.Json;
using Platform.Text.Chat;

namespace Platform.Text.Tests.Chat;

/// <summary>Numbers reach the prompt as Python prints them after reading the JSON.</summary>
public sealed class PythonNumbers
{
    [Theory]
    [InlineData("0", "0")]
    [InlineData("-0", "0")]
    [InlineData("-7", "-7")]
    [InlineData("123456789012345678901234567890", "123456789012345678901234567890")]
    [InlineData("2.0", "2.0")]
    [InlineData("2.50", "2.5")]
    [InlineData("-0.0", "-0.0")]
    [InlineData("0e5", "0.0")]
    [InlineData("1e5", "100000.0")]
    [InlineData("1E15", "1000000000000000.0")]
    [InlineData("1e16", "1e+16")]
    [InlineData("1e20", "1e+20")]
    [InlineData("123456789012345680.0", "1.2345678901234568e+17")]
    [InlineData("9007199254740993.0", "9007199254740992.0")]
    [InlineData("0.0001", "0.0001")]
    [InlineData("0.00012345", "0.00012345")]
    [InlineData("0.00001", "1e-05")]
    [InlineData("1e-7", "1e-07")]
    [InlineData("5e-324", "5e-324")]
    [InlineData("1.7976931348623157e308", "1.7976931348623157e+308")]
    [InlineData("0.1", "0.1")]
    [InlineData("100.25", "100.25")]
    public void A_number_prints_as_in_Python(string json, string printed)
    {
        Assert.Equal(printed, PythonNumber.Str(json));
        Assert.Equal(printed, PythonNumber.Json(json));
    }

    [Fact]
    public void An_overflowing_number_is_infinite()
    {
        Assert.Equal(("inf", "-inf"), (PythonNumber.Str("1e400"), PythonNumber.Str("-1e400")));
        Assert.Equal(("Infinity", "-Infinity"), (PythonNumber.Json("1e400"), PythonNumber.Json("-1e400")));
    }

    [Theory]
    [InlineData("""{"a": [1, 2.0, true, null], "b": {}}""", "{'a': [1, 2.0, True, None], 'b': {}}")]
    [InlineData("""["it's", "say \"x\"", "both ' \""]""", """["it's", 'say "x"', 'both \' "']""")]
    [InlineData("""["\n\t\\ \u0001 \u00ad \u2028 \ue000 é 😀 \u007f"]""", """['\n\t\\ \x01 \xad \u2028 \ue000 é 😀 \x7f']""")]
    [InlineData("\"raw 'text'\"", "raw 'text'")]
    [InlineData("false", "False")]
    public void A_value_prints_as_in_Python(string json, string printed) => Assert.Equal(printed, PythonText.Str(JsonElement.Parse(json)));

    [Fact]
    public void JSON_is_written_with_spaces_and_without_needless_escapes() => Assert.Equal(
        "{\"z\": \"é / < \u2028 \\u0001\\n\\b\\f\\\" \\\\ \u007f\", \"a\": [1e+20, -0.0]}",
        PythonJson.Dumps(JsonElement.Parse("""{"z":"é \/ < \u2028 \u0001\n\b\f\" \\ \u007f","a":[1e20,-0.0]}""")));

    [Fact]
    public void Of_a_repeated_key_the_last_value_stands_at_the_first_place() =>
        Assert.Equal("""{"a": 3, "b": 2}""", PythonJson.Dumps(JsonElement.Parse("""{"a":1,"b":2,"a":3}""")));
}
