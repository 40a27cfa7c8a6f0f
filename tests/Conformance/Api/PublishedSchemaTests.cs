using System.Text.Json;

namespace Conformance.Api;

/// <summary>A check that accepts everything would prove nothing.</summary>
public sealed class PublishedSchemaTests
{
    [Theory]
    [InlineData("""{"error":{"message":"m","type":"t","param":null,"code":null}}""", true)]
    [InlineData("""{"error":{"message":"m","type":"t","param":null}}""", false)]
    [InlineData("""{"error":{"message":"m","type":"t","param":null,"code":5}}""", false)]
    [InlineData("""{"error":"m"}""", false)]
    [InlineData("""{}""", false)]
    public void Tells_right_errors_from_wrong_ones(string json, bool right) =>
        Assert.Equal(right, PublishedSchema.Named("ErrorResponse").Problem(JsonDocument.Parse(json).RootElement) is null);

    [Theory]
    [InlineData("\"stop\"", true)]
    [InlineData("null", true)]
    [InlineData("\"done\"", false)]
    public void Tells_right_reasons_of_a_chunk_from_wrong_ones(string reason, bool right) => Assert.Equal(
        right,
        PublishedSchema.Named("CreateChatCompletionStreamResponse").Problem(JsonDocument.Parse(
            $$"""{"id":"a","created":1,"model":"m","object":"chat.completion.chunk","choices":[{"index":0,"delta":{},"finish_reason":{{reason}}}]}""").RootElement) is null);
}
