using System.Globalization;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Contracts.Tokenization;
using Platform.Contracts.Vision;
using Platform.Gateway.Chat;
using Platform.Gateway.Errors;
using Platform.Gateway.Options;
using Platform.Grains;

namespace Platform.Gateway.Media;

/// <summary>Brings pictures and videos to the vision service, which answers what the prompt needs to know of them.</summary>
internal sealed class MediaUpload(Sidecar sidecar, MediaFetcher fetcher, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int PartBytes = 512 * 1024;

    private readonly VisionEncoding.VisionEncodingClient _vision = new(sidecar.For(AppIds.Vision));

    public async Task<IReadOnlyList<MediaHandle>> UploadAsync(
        IReadOnlyList<MediaSource> media, string salt, CancellationToken cancellationToken)
    {
        var handles = new List<MediaHandle>(media.Count);
        foreach (var source in media)
            handles.Add(await UploadAsync(source, salt, cancellationToken));
        return handles;
    }

    private async Task<MediaHandle> UploadAsync(MediaSource source, string salt, CancellationToken cancellationToken)
    {
        try
        {
            var deadline = time.GetUtcNow().UtcDateTime + options.Value.ServiceTimeout;
            using var call = _vision.Upload(deadline: deadline, cancellationToken: cancellationToken);
            await SendAsync(call, source, salt, cancellationToken);
            return Handle(await call.ResponseAsync, source.IsVideo);
        }
        catch (RpcException refused) when (refused.StatusCode is StatusCode.InvalidArgument)
        {
            throw ApiException.Invalid($"'{source.Path}': {refused.Status.Detail}", source.Path, "invalid_media");
        }
        catch (RpcException) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(cancellationToken);
        }
    }

    private async Task SendAsync(
        AsyncClientStreamingCall<UploadPart, UploadReply> call, MediaSource source, string salt, CancellationToken cancellationToken)
    {
        var start = new UploadOptions { Kind = source.IsVideo ? MediaKind.Video : MediaKind.Picture, Salt = salt };
        if (source.FramesPerSecond is { } rate)
            start.Fps = rate;
        if (!await TrySendAsync(call, new UploadPart { Options = start }, cancellationToken))
            return;
        for (var at = 0; at < source.Files.Count; at++)
        {
            if (at > 0 && !await TrySendAsync(call, new UploadPart { NextFile = true }, cancellationToken))
                return;
            var path = source.Files.Count == 1 ? source.Path : $"{source.Path}[{at.ToString(CultureInfo.InvariantCulture)}]";
            var file = await BytesAsync(source, at, path, cancellationToken);
            for (var offset = 0; offset < file.Length; offset += PartBytes)
            {
                var data = UnsafeByteOperations.UnsafeWrap(file.AsMemory(offset, Math.Min(PartBytes, file.Length - offset)));
                if (!await TrySendAsync(call, new UploadPart { Data = data }, cancellationToken))
                    return;
            }
        }

        await call.RequestStream.CompleteAsync();
    }

    // The service may refuse before it has read everything; its answer then says why, not the failed write.
    private static async Task<bool> TrySendAsync(
        AsyncClientStreamingCall<UploadPart, UploadReply> call, UploadPart part, CancellationToken cancellationToken)
    {
        try
        {
            await call.RequestStream.WriteAsync(part, cancellationToken);
            return true;
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    private async Task<byte[]> BytesAsync(MediaSource source, int at, string path, CancellationToken cancellationToken)
    {
        var address = source.Files[at];
        return DataUri.Is(DataUri.Text(address))
            ? DataUri.Decode(address, path)
            : await fetcher.FetchAsync(Encoding.UTF8.GetString(DataUri.Text(address)), path, cancellationToken);
    }

    private static MediaHandle Handle(UploadReply reply, bool isVideo) => new(
        reply.Key, isVideo, reply.Grid.T, reply.Grid.H, reply.Grid.W, [.. reply.Grid.Timestamps], reply.TokenCount);
}
