using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Grpc.Core;
using Platform.Contracts;
using Platform.Contracts.Decoding;
using Platform.Contracts.Vision;
using Platform.Engine;
using MediaGrid = Platform.Model.Pictures.MediaGrid;
using MediaKind = Platform.Contracts.Tokenization.MediaKind;

namespace Platform.Decoder;

/// <summary>Fetches the embeddings of a prompt's pictures and videos from the vision service, in chunks.</summary>
internal sealed class MediaPull(ServedDecoder decoder, Lazy<Sidecar> sidecar)
{
    /// <summary>The embeddings with their places, and the rotary positions they cause; null for a prompt without media.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: media and placeholders do not match. FAILED_PRECONDITION: a medium is gone.</exception>
    public async Task<PulledMedia?> PullAsync(IReadOnlyList<MediaItem> media, int[] promptIds, CancellationToken cancellationToken)
    {
        if (media.Count == 0)
            return null;
        var shape = decoder.Media ?? throw Invalid("This model understands no pictures or videos; leave them out.");
        List<MediaItem> pictureItems = [.. media.Where(item => !IsVideo(item))];
        List<MediaItem> clipItems = [.. media.Where(IsVideo)];
        CheckCount(pictureItems, "picture", promptIds.Count(id => id == shape.Config.ImageTokenId), shape);
        CheckCount(clipItems, "video", promptIds.Count(id => id == shape.Config.VideoTokenId), shape);
        var pictures = await PullAsync(pictureItems, shape, cancellationToken);
        var clips = await PullAsync(clipItems, shape, cancellationToken);
        try
        {
            return new PulledMedia(
                MediaPlacement.Embeddings(promptIds, shape.Config, pictures.Rows, clips.Rows),
                MediaPlacement.Positions(promptIds, shape.Config, pictures.Grids, clips.Grids));
        }
        catch (ArgumentException error)
        {
            throw Invalid(error.Message);
        }
    }

    private async Task<(float[] Rows, IReadOnlyList<MediaGrid> Grids)> PullAsync(
        List<MediaItem> media, MediaShape shape, CancellationToken cancellationToken)
    {
        var counts = media.Select(item => Rows(item, shape)).ToList();
        var rows = new float[counts.Sum() * shape.HiddenSize];
        var done = 0;
        for (var i = 0; i < media.Count; i++)
        {
            var length = (int)counts[i] * shape.HiddenSize;
            await PullAsync(media[i], rows.AsMemory(done, length), shape.HiddenSize, cancellationToken);
            done += length;
        }
        return (rows, [.. media.Select(item => new MediaGrid(item.Grid.T, item.Grid.H, item.Grid.W))]);
    }

    private async Task PullAsync(MediaItem item, Memory<float> destination, int width, CancellationToken cancellationToken)
    {
        var vision = new VisionEncoding.VisionEncodingClient(sidecar.Value.For(AppIds.Vision));
        using var call = vision.Pull(new MediaReference { Key = item.Key, Salt = item.Salt }, cancellationToken: cancellationToken);
        var received = 0;
        try
        {
            await foreach (var part in call.ResponseStream.ReadAllAsync(cancellationToken))
            {
                Take(part, destination.Span, received, width);
                received += part.Rows * width;
            }
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.NotFound)
        {
            throw new RpcException(new Status(
                StatusCode.FailedPrecondition, "A picture or video of this request is no longer held. Send the request again."));
        }
        if (received != destination.Length)
            throw Broken($"{received / width} of {destination.Length / width} rows came.");
    }

    private static void Take(EmbeddingPart part, Span<float> destination, int received, int width)
    {
        var count = part.Rows * width;
        if (part.HiddenSize != width)
            throw Broken($"its rows have {part.HiddenSize} values, this model's have {width}.");
        var follows = part.Rows > 0 && part.FirstRow * width == received && received + count <= destination.Length;
        if (!follows || part.Values.Length != count * sizeof(float))
            throw Broken($"a part of {part.Rows} rows at row {part.FirstRow} does not follow {received / width} rows.");
        var target = destination.Slice(received, count);
        MemoryMarshal.Cast<byte, float>(part.Values.Span).CopyTo(target);
        if (BitConverter.IsLittleEndian)
            return;
        foreach (ref var value in target)
            value = BitConverter.Int32BitsToSingle(BinaryPrimitives.ReverseEndianness(BitConverter.SingleToInt32Bits(value)));
    }

    // Before anything is fetched: memory is taken for rows that have a place, not for what a grid claims.
    private static void CheckCount(List<MediaItem> media, string kind, int placeholders, MediaShape shape)
    {
        var rows = media.Sum(item => Rows(item, shape));
        if (rows != placeholders)
        {
            throw Invalid(
                $"The prompt has {placeholders} {kind} placeholders, but its {media.Count} {kind}s have {rows} embeddings. " +
                "Render the prompt again with their grids.");
        }
    }

    private static bool IsVideo(MediaItem item) => item.Grid?.Kind == MediaKind.Video;

    private static long Rows(MediaItem item, MediaShape shape)
    {
        var grid = item.Grid ?? throw Invalid("A medium of the start has no grid.");
        if (grid.T < 1 || grid.H < 1 || grid.W < 1 || grid.H % shape.MergeSize != 0 || grid.W % shape.MergeSize != 0)
            throw Invalid($"The grid {grid.T} x {grid.H} x {grid.W} cannot be merged by {shape.MergeSize}.");
        return (long)grid.T * (grid.H / shape.MergeSize) * (grid.W / shape.MergeSize);
    }

    private static RpcException Invalid(string message) => new(new Status(StatusCode.InvalidArgument, message));

    private static RpcException Broken(string what) => new(new Status(StatusCode.Internal, $"The embeddings of a medium are broken: {what}"));
}
