using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Platform.Gateway.Json;

/// <summary>How JSON is written here: compact, and text other than controls and quotes as it is.</summary>
internal static class JsonOutput
{
    public const string ContentType = "application/json; charset=utf-8";

    public static readonly JsonWriterOptions Options = new()
    {
        // Answers are never put into a page; escaping < and > would only make them longer.
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        // Writers here are covered by tests against the published schemas; checking every call costs on the path of each token.
        SkipValidation = true,
    };

    public static Utf8JsonWriter Writer(IBufferWriter<byte> output) => new(output, Options);
}
