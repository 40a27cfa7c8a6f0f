using System.Runtime.InteropServices;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Logging;
using Platform.Contracts.Tokenization;
using Platform.Contracts.Vision;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>The vision service's contract: upload a medium, embed it, pull its embeddings.</summary>
internal sealed class VisionService(MediaStore store, ILogger<VisionService> logger) : VisionEncoding.VisionEncodingBase
{
    /// <summary>The most a message may have, in either direction.</summary>
    public const int MaxMessageBytes = 1 << 20;

    // What a part holds beside its values: three small numbers and the tags.
    private const int PartOverheadBytes = 64;

    /// <inheritdoc/>
    public override Task<UploadReply> Upload(IAsyncStreamReader<UploadPart> requestStream, ServerCallContext context) =>
        AnswerAsync(() => UploadAsync(requestStream, context.CancellationToken));

    /// <inheritdoc/>
    public override Task<EmbedReply> Embed(MediaReference request, ServerCallContext context) => AnswerAsync(async () =>
    {
        var entry = Find(request);
        await entry.EmbeddingsAsync(context.CancellationToken).ConfigureAwait(false);
        return new EmbedReply { Rows = entry.Rows, HiddenSize = entry.HiddenSize };
    });

    /// <inheritdoc/>
    public override Task Pull(MediaReference request, IServerStreamWriter<EmbeddingPart> responseStream, ServerCallContext context) => AnswerAsync(async () =>
    {
        var entry = Find(request);
        var values = await entry.EmbeddingsAsync(context.CancellationToken).ConfigureAwait(false);
        var rowBytes = entry.HiddenSize * sizeof(float);
        var rowsPerPart = Math.Max((MaxMessageBytes - PartOverheadBytes) / rowBytes, 1);
        for (var row = 0; row < entry.Rows; row += rowsPerPart)
        {
            var rows = Math.Min(rowsPerPart, entry.Rows - row);
            var bytes = MemoryMarshal.AsBytes(values.AsSpan(row * entry.HiddenSize, rows * entry.HiddenSize));
            var part = new EmbeddingPart { FirstRow = row, Rows = rows, HiddenSize = entry.HiddenSize, Values = ByteString.CopyFrom(bytes) };
            await responseStream.WriteAsync(part, context.CancellationToken).ConfigureAwait(false);
        }

        return true;
    });

    private async Task<UploadReply> UploadAsync(IAsyncStreamReader<UploadPart> parts, CancellationToken cancellationToken)
    {
        using var place = await store.AdmitUploadAsync(cancellationToken).ConfigureAwait(false);
        using var timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        timer.CancelAfter(store.UploadTimeout);
        try
        {
            var upload = store.BeginUpload();
            while (await parts.MoveNext(timer.Token).ConfigureAwait(false))
                upload.Take(parts.Current);
            var (entry, media) = await store.AddAsync(upload, timer.Token).ConfigureAwait(false);
            return new UploadReply
            {
                Key = entry.Key,
                PixelHash = media.PixelHash,
                TokenCount = entry.Rows,
                Grid = Grid(upload.Options.Kind, media),
            };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RpcException(new Status(StatusCode.DeadlineExceeded, $"The upload took longer than {store.UploadTimeout.TotalSeconds:0} s. Send it faster, or less of it."));
        }
    }

    private static Contracts.Tokenization.MediaGrid Grid(MediaKind kind, ResizedMedia media) => new()
    {
        Kind = kind,
        T = media.Grid.T,
        H = media.Grid.H,
        W = media.Grid.W,
        Timestamps = { media.Timestamps ?? [] },
    };

    private MediaEntry Find(MediaReference reference) => store.Find(reference) ?? throw new RpcException(new Status(
        StatusCode.NotFound, "The medium is not held here: it was never uploaded, or dropped to make room. Upload it again."));

    /// <summary>Gives each refusal its status. Cancellation passes through.</summary>
    private async Task<T> AnswerAsync<T>(Func<Task<T>> answer)
    {
        try
        {
            return await answer().ConfigureAwait(false);
        }
        catch (Exception e) when (e is PictureException or UploadException)
        {
            logger.Refused(e.Message);
            throw new RpcException(new Status(StatusCode.InvalidArgument, e.Message));
        }
        catch (VisionBusyException e)
        {
            throw new RpcException(new Status(StatusCode.ResourceExhausted, e.Message));
        }
    }
}
