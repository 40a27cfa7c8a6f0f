using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Platform.Gateway.Errors;
using Platform.Gateway.Options;

namespace Platform.Gateway.Json;

/// <summary>A request's body: read up to a bound, checked to be one JSON object of whole characters. Owns pooled memory until disposed.</summary>
internal sealed class RequestBody : IDisposable
{
    // How much of a body that is too large is read and thrown away, so that its sender gets to see the answer.
    private const long DrainFactor = 4;
    private const int FirstBuffer = 16 * 1024;

    private byte[] _buffer;
    private int _length;
    private JsonDocument? _document;

    private RequestBody(byte[] buffer) => _buffer = buffer;

    /// <summary>The body's object; valid until this is disposed.</summary>
    public JsonElement Root => _document!.RootElement;

    public static async Task<RequestBody> ReadAsync(HttpContext context, GatewayOptions options)
    {
        RequireJson(context.Request);
        BoundSender(context, options);
        var body = new RequestBody(ArrayPool<byte>.Shared.Rent(FirstBuffer));
        try
        {
            await body.FillAsync(context, options.MaxBodyBytes);
            body.Parse(options.MaxJsonDepth);
            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _document?.Dispose();
        if (_buffer.Length > 0)
            ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
    }

    private static void RequireJson(HttpRequest request)
    {
        // A page in a browser can send other types to any address without asking; JSON it cannot.
        if (request.HasJsonContentType())
            return;
        var found = request.ContentType is { Length: > 0 } type ? $"The body's type is '{type}'" : "The body has no type";
        throw new ApiException(new ApiError(
            415,
            ApiError.InvalidRequest,
            "unsupported_media_type",
            $"{found}, but this takes JSON. Send the header Content-Type: application/json."));
    }

    private static void BoundSender(HttpContext context, GatewayOptions options)
    {
        // We bound the body ourselves, to answer in our shape and to name the limit.
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = null;

        // HTTP/2 has the server's own rates, which one of many streams cannot change.
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } sending)
            sending.MinDataRate = new MinDataRate(options.MinBytesPerSecond, options.DataRateGrace);
    }

    private async Task FillAsync(HttpContext context, long maxBytes)
    {
        var input = context.Request.Body;
        var expected = context.Request.ContentLength ?? 0;
        if (expected > maxBytes)
            await RefuseAsync(context, expected, maxBytes);
        while (true)
        {
            if (_length == _buffer.Length)
                Grow();
            var count = await input.ReadAsync(_buffer.AsMemory(_length), context.RequestAborted);
            if (count == 0)
                return;
            _length += count;
            if (_length > maxBytes)
                await RefuseAsync(context, null, maxBytes);
        }
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(checked(_buffer.Length * 2));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private async Task RefuseAsync(HttpContext context, long? length, long maxBytes)
    {
        var left = maxBytes * DrainFactor;
        while (left > 0)
        {
            var count = await context.Request.Body.ReadAsync(_buffer.AsMemory(), context.RequestAborted);
            if (count == 0)
                break;
            left -= count;
        }

        var found = length is null ? "more" : string.Create(CultureInfo.InvariantCulture, $"{length} bytes");
        throw new ApiException(new ApiError(
            413,
            ApiError.InvalidRequest,
            "request_too_large",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body has {found}, but at most {maxBytes} bytes are taken. Send smaller pictures or fewer messages, or raise Gateway:MaxBodyBytes.")));
    }

    private void Parse(int maxDepth)
    {
        var json = WithoutMark(_buffer.AsMemory(0, _length));
        if (json.Length == 0)
            throw ApiException.Invalid("The body is empty, but a JSON object is needed. Send one.", code: "missing_body");
        if (!Utf8.IsValid(json.Span))
            throw ApiException.Invalid("The body is not valid UTF-8. Encode the JSON as UTF-8.", code: "invalid_utf8");
        try
        {
            _document = JsonDocument.Parse(json, new JsonDocumentOptions { MaxDepth = maxDepth });
        }
        catch (JsonException failure)
        {
            throw ApiException.Invalid(Explain(failure, json.Span, maxDepth), code: "invalid_json");
        }

        var lone = SurrogateCheck.FirstLone(json.Span);
        if (lone >= 0)
        {
            throw ApiException.Invalid(
                $"The body holds half a character, {Ascii(json.Span.Slice(lone, 6))} at {Place(json.Span[..lone])}: " +
                "a surrogate must stand in a pair. Remove it or send the whole character.",
                code: "invalid_unicode");
        }

        if (Root.ValueKind != JsonValueKind.Object)
            throw ApiException.Invalid($"The body is {JsonWords.Describe(Root)}, but a JSON object is needed.", code: "invalid_json");
    }

    private static ReadOnlyMemory<byte> WithoutMark(ReadOnlyMemory<byte> json) =>
        json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static string Explain(JsonException failure, ReadOnlySpan<byte> json, int maxDepth)
    {
        var place = string.Create(
            CultureInfo.InvariantCulture,
            $"line {(failure.LineNumber ?? 0) + 1}, byte {(failure.BytePositionInLine ?? 0) + 1}");
        return IsTooDeep(json, maxDepth)
            ? string.Create(
                CultureInfo.InvariantCulture,
                $"The JSON is nested deeper than {maxDepth} levels at {place}. Flatten it, or raise Gateway:MaxJsonDepth.")
            : $"The body is not valid JSON at {place}: {Reason(failure)} Check it with a JSON parser; NaN, Infinity, comments and trailing commas are not JSON.";
    }

    private static string Reason(JsonException failure)
    {
        var end = failure.Message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return end < 0 ? failure.Message : failure.Message[..end];
    }

    private static bool IsTooDeep(ReadOnlySpan<byte> json, int maxDepth)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = int.MaxValue });
        try
        {
            while (reader.Read())
            {
                if (reader.CurrentDepth >= maxDepth && reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
                    return true;
            }
        }
        catch (JsonException)
        {
            return false;
        }

        return false;
    }

    private static string Place(ReadOnlySpan<byte> before)
    {
        var line = before.Count((byte)'\n') + 1;
        var position = before.Length - (before.LastIndexOf((byte)'\n') + 1) + 1;
        return string.Create(CultureInfo.InvariantCulture, $"line {line}, byte {position}");
    }

    private static string Ascii(ReadOnlySpan<byte> text) => System.Text.Encoding.ASCII.GetString(text);
}
