using System.Text.Json;
using CsCheck;
using Platform.Gateway.Errors;
using Platform.Gateway.Media;

namespace Platform.Gateway.Tests.Rules;

public sealed class DataUriTests
{
    [Fact]
    public void Gives_back_the_bytes_however_the_string_is_escaped() => Gen.Byte.Array[1, 200].Sample(bytes =>
    {
        var uri = "data:image/png;base64," + Convert.ToBase64String(bytes);
        Assert.Equal(bytes, DataUri.Decode(Element($"\"{uri}\""), "x"));
        Assert.Equal(bytes, DataUri.Decode(Element($"\"{uri.Replace("/", "\\/", StringComparison.Ordinal)}\""), "x"));
    });

    [Theory]
    [InlineData("data:image/png;base64", "comma")]
    [InlineData("data:image/png,abcd", "not base64")]
    [InlineData("data:image/png;base64,", "no data")]
    [InlineData("data:image/png;base64,ab*d", "not base64")]
    [InlineData("data:image/png;base64,abc", "not base64")]
    public void Says_what_is_wrong(string uri, string says)
    {
        var refused = Assert.Throws<ApiException>(() => DataUri.Decode(Element($"\"{uri}\""), "messages[0]"));
        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
        Assert.Equal("messages[0]", refused.Error.Parameter);
    }

    private static JsonElement Element(string json) => JsonDocument.Parse(json).RootElement;
}
