using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Platform.Contracts.Vision;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>The service's state: media that were uploaded, and their embeddings, computed when first asked for.</summary>
public sealed class MediaStore : IDisposable
{
    private readonly VisionModel _model;
    private readonly ILogger<MediaStore> _logger;
    private readonly VisionOptions _options;
    private readonly MediaPreparation _preparation;
    private readonly MediaCache _cache;
    private readonly AdmissionGate _uploadGate;
    private readonly AdmissionGate _towerGate;
    private long _uploads;
    private long _uploadHits;
    private long _computations;

    public MediaStore(VisionModel model, IOptions<VisionOptions> options, ILogger<MediaStore> logger)
    {
        ArgumentNullException.ThrowIfNull(options);
        _model = model;
        _logger = logger;
        _options = options.Value;
        _preparation = new MediaPreparation(model, _options);
        _cache = new MediaCache(_options.CacheBytes);
        _uploadGate = new AdmissionGate(_options.MaxUploads, _options.MaxWaitingUploads, "uploads");
        _towerGate = new AdmissionGate(working: 1, _options.MaxWaitingEmbeddings, "pictures and videos");
    }

    /// <summary>Counts since the start, and what is held now.</summary>
    public VisionStatistics Statistics => new(
        Interlocked.Read(ref _uploads), Interlocked.Read(ref _uploadHits), Interlocked.Read(ref _computations), _cache.Count, _cache.Bytes, _cache.Evictions);

    /// <summary>Waits for a place to receive an upload in; disposing the result gives it back.</summary>
    /// <exception cref="VisionBusyException">Too many wait already.</exception>
    internal Task<IDisposable> AdmitUploadAsync(CancellationToken cancellationToken) => _uploadGate.EnterAsync(cancellationToken);

    /// <summary>Starts an upload; <see cref="AddAsync"/> ends it.</summary>
    internal UploadedFiles BeginUpload() => new(_options);

    /// <summary>How long one upload may take.</summary>
    internal TimeSpan UploadTimeout => _options.UploadTimeout;

    /// <summary>Decodes, resizes and keeps a medium.</summary>
    internal async Task<(MediaEntry Entry, ResizedMedia Media)> AddAsync(UploadedFiles upload, CancellationToken cancellationToken)
    {
        var media = await _preparation.PrepareAsync(upload.Options, upload.Files, cancellationToken).ConfigureAwait(false);
        var key = MediaKey.Of(upload.Options.Salt, media, _model.NumericsId);
        Interlocked.Increment(ref _uploads);
        if (_cache.TryFind(key, out var held))
        {
            Interlocked.Increment(ref _uploadHits);
            return (held, media);
        }

        var entry = new MediaEntry(key, upload.Options.Salt, media, _model.HiddenSize, EncodeAsync);
        _cache.Add(entry);
        return (entry, media);
    }

    /// <summary>The medium of a key, for a caller of the same salt; null where it was never uploaded or was evicted.</summary>
    internal MediaEntry? Find(MediaReference reference) =>
        _cache.TryFind(reference.Key, out var entry) && entry.Salt == reference.Salt ? entry : null;

    public void Dispose()
    {
        _uploadGate.Dispose();
        _towerGate.Dispose();
    }

    private async Task<float[]> EncodeAsync(ResizedMedia media, CancellationToken cancellationToken)
    {
        using var place = await _towerGate.EnterAsync(cancellationToken).ConfigureAwait(false);
        cancellationToken.ThrowIfCancellationRequested();
        var started = Stopwatch.GetTimestamp();
        Interlocked.Increment(ref _computations);
        var rows = _model.Encode(media.Cut(), cancellationToken);
        var needed = (long)media.Grid.Tokens(media.Settings.MergeSize) * _model.HiddenSize;
        if (rows.Length != needed)
            throw new InvalidOperationException($"The vision tower gave {rows.Length} values for a medium of {needed}.");
        _logger.Embedded(media.Grid.Tokens(media.Settings.MergeSize), Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return rows;
    }
}
