using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;

namespace Platform.Contracts;

/// <summary>
/// The way to every other service: one HTTP/2 channel to the local sidecar, which routes by the <c>dapr-app-id</c> metadata.
/// Thread-safe; owns its channel.
/// </summary>
public sealed class Sidecar : IDisposable
{
    /// <summary>The metadata key by which a sidecar routes a call.</summary>
    public const string AppIdHeader = "dapr-app-id";

    /// <summary>The environment variable that names the sidecar's gRPC endpoint.</summary>
    public const string EndpointVariable = "DAPR_GRPC_ENDPOINT";

    /// <summary>No message between services is larger, in bytes.</summary>
    public const int MaxMessageBytes = 1 << 20;

    private readonly GrpcChannel _channel;

    /// <param name="endpoint">Where the sidecar listens, for example <c>http://127.0.0.1:50001</c>.</param>
    public Sidecar(Uri endpoint)
    {
        // Room for the envelope of a message whose payload is exactly the limit.
        const int envelope = 16 * 1024;
        _channel = GrpcChannel.ForAddress(endpoint, new GrpcChannelOptions
        {
            MaxReceiveMessageSize = MaxMessageBytes + envelope,
            MaxSendMessageSize = MaxMessageBytes + envelope,
            HttpHandler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            },
            DisposeHttpClient = true,
        });
    }

    /// <summary>An invoker whose calls go to the service with this app id.</summary>
    public CallInvoker For(string appId) => _channel.Intercept(metadata =>
    {
        metadata.Add(AppIdHeader, appId);
        return metadata;
    });

    public void Dispose() => _channel.Dispose();
}
