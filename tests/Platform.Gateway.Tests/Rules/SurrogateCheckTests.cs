using System.Text;
using Platform.Gateway.Json;

namespace Platform.Gateway.Tests.Rules;

public sealed class SurrogateCheckTests
{
    [Theory]
    [InlineData("""{"a":"plain"}""", -1)]
    [InlineData("""{"a":"\ud83d\ude42"}""", -1)]
    [InlineData("""{"a":"\\ud800"}""", -1)]
    [InlineData("""{"a":"\u00e9\n"}""", -1)]
    [InlineData("""{"a":"\ud83d"}""", 6)]
    [InlineData("""{"a":"\ude42"}""", 6)]
    [InlineData("""{"a":"\ud83d\ud83d\ude42"}""", 6)]
    [InlineData("""{"a":"\\\ud83d"}""", 8)]
    [InlineData("""{"\uDC00":1}""", 2)]
    [InlineData("""{"a":"\ud83d\\de42"}""", 6)]
    public void Finds_the_first_half_of_a_character(string json, int at) => Assert.Equal(at, SurrogateCheck.FirstLone(Encoding.UTF8.GetBytes(json)));
}
