using System.Net;
using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Platform.Contracts.Tokenization;
using Platform.Contracts.Vision;
using Platform.Vision;
using SkiaSharp;

namespace Services.Tests.Vision;

/// <summary>The real service behind a loopback port, with a client to it.</summary>
internal sealed class VisionHost : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly GrpcChannel _channel;

    private VisionHost(WebApplication application)
    {
        _application = application;
        _channel = GrpcChannel.ForAddress(application.Urls.Single());
        Client = new VisionEncoding.VisionEncodingClient(_channel);
    }

    public VisionEncoding.VisionEncodingClient Client { get; }

    public VisionStatistics Statistics => _application.Services.GetRequiredService<MediaStore>().Statistics;

    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static async Task<VisionHost> StartAsync(VisionModel model, Action<VisionOptions>? configure = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2));
        builder.Services.AddVisionService(_ => model, configure);
        var application = builder.Build();
        application.MapVisionService();
        await application.StartAsync(Cancellation);
        return new VisionHost(application);
    }

    /// <summary>A one-colour PNG.</summary>
    public static byte[] Png(int width, int height, byte red = 10)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(red, 20, 30));
        using var encoded = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        return encoded.ToArray();
    }

    public Task<UploadReply> UploadPictureAsync(byte[] file, string salt = "") =>
        UploadAsync(new UploadOptions { Kind = MediaKind.Picture, Salt = salt }, file);

    /// <summary>Sends files in small parts. A call that the service ends early fails with the service's status.</summary>
    public async Task<UploadReply> UploadAsync(UploadOptions options, params byte[][] files)
    {
        using var call = Client.Upload(cancellationToken: Cancellation);
        try
        {
            await call.RequestStream.WriteAsync(new UploadPart { Options = options }, Cancellation);
            for (var i = 0; i < files.Length; i++)
            {
                if (i > 0)
                    await call.RequestStream.WriteAsync(new UploadPart { NextFile = true }, Cancellation);
                foreach (var chunk in files[i].Chunk(1000))
                    await call.RequestStream.WriteAsync(new UploadPart { Data = ByteString.CopyFrom(chunk) }, Cancellation);
            }

            await call.RequestStream.CompleteAsync();
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException)
        {
            // The service has answered already; the answer below says why.
        }

        return await call.ResponseAsync;
    }

    public async Task<List<EmbeddingPart>> PullAsync(MediaReference reference)
    {
        using var call = Client.Pull(reference, cancellationToken: Cancellation);
        var parts = new List<EmbeddingPart>();
        await foreach (var part in call.ResponseStream.ReadAllAsync(Cancellation))
            parts.Add(part);
        return parts;
    }

    public static async Task<Status> RefusalAsync(Func<Task> call) => (await Assert.ThrowsAsync<RpcException>(call)).Status;

    public async ValueTask DisposeAsync()
    {
        _channel.Dispose();
        await _application.StopAsync(CancellationToken.None);
        await _application.DisposeAsync();
    }
}
