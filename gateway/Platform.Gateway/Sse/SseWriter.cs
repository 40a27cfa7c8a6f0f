using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Options;

namespace Platform.Gateway.Sse;

/// <summary>Server-sent events, written straight into the response's pipe. Not thread-safe; dispose to give its buffer back.</summary>
internal sealed class SseWriter : IDisposable
{
    private readonly PipeWriter _output;
    private readonly Utf8JsonWriter _json;

    private SseWriter(PipeWriter output)
    {
        _output = output;
        _json = JsonOutput.Writer(output);
    }

    /// <summary>Bytes written and not yet on their way.</summary>
    public long UnflushedBytes => _output.UnflushedBytes;

    /// <summary>Makes the response an event stream. A client that does not read is dropped after a while, so that it holds no memory.</summary>
    public static SseWriter Begin(HttpContext context, GatewayOptions options)
    {
        var response = context.Response;
        response.StatusCode = 200;
        response.ContentType = "text/event-stream; charset=utf-8";
        response.Headers.CacheControl = "no-cache";
        response.Headers["X-Accel-Buffering"] = "no";

        // HTTP/2 has the server's own rates, which one of many streams cannot change.
        if (!HttpProtocol.IsHttp2(context.Request.Protocol) && context.Features.Get<IHttpMinResponseDataRateFeature>() is { } reading)
            reading.MinDataRate = new MinDataRate(options.MinBytesPerSecond, options.DataRateGrace);
        context.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
        return new SseWriter(response.BodyWriter);
    }

    /// <summary>Writes one event whose data is <paramref name="head"/>, one JSON value, <paramref name="tail"/>.</summary>
    public void Data<TState>(ReadOnlySpan<byte> head, ReadOnlySpan<byte> tail, TState state, Action<Utf8JsonWriter, TState> value)
    {
        _output.Write("data: "u8);
        _output.Write(head);
        _json.Reset(_output);
        value(_json, state);
        _json.Flush();
        _output.Write(tail);
        _output.Write("\n\n"u8);
    }

    public void Done() => _output.Write("data: [DONE]\n\n"u8);

    public void Ping() => _output.Write(": ping\n\n"u8);

    /// <summary>Tells of a failure; nothing, in particular no <c>[DONE]</c>, may follow.</summary>
    public void Error(ApiError error)
    {
        _output.Write("event: error\n"u8);
        Data([], [], error, static (writer, error) => ApiErrorWriter.WriteObject(writer, error));
    }

    /// <exception cref="OperationCanceledException">The client is gone.</exception>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        var result = await _output.FlushAsync(cancellationToken);
        if (result.IsCompleted || result.IsCanceled)
            throw new OperationCanceledException("The client stopped reading.", cancellationToken);
    }

    public void Dispose() => _json.Dispose();
}
