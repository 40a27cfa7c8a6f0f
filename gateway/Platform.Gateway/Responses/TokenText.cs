using System.Text;
using System.Text.Json;

namespace Platform.Gateway.Responses;

/// <summary>Tokens and log probabilities as JSON can hold them.</summary>
internal static class TokenText
{
    // JSON has no infinity; the API's convention for "as good as impossible".
    private const float Impossible = -9999;

    /// <summary>The token's text; bytes that are no whole character become U+FFFD, and <c>bytes</c> beside it tells the truth.</summary>
    public static string Of(byte[] bytes) => Encoding.UTF8.GetString(bytes);

    public static float Finite(float logprob) => logprob > Impossible ? logprob : Impossible;

    public static void WriteBytes(Utf8JsonWriter writer, byte[] bytes)
    {
        writer.WriteStartArray("bytes");
        foreach (var value in bytes)
            writer.WriteNumberValue(value);
        writer.WriteEndArray();
    }
}
