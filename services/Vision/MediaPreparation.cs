using Platform.Contracts.Tokenization;
using Platform.Contracts.Vision;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>From an upload's files to a resized picture or clip.</summary>
internal sealed class MediaPreparation
{
    private readonly VisionModel _model;
    private readonly PictureLimits _limits;
    private readonly VideoFileDecoder _videoFiles;

    public MediaPreparation(VisionModel model, VisionOptions options)
    {
        _model = model;
        _limits = options.PictureLimits;
        var ffmpeg = options.FfmpegPath ?? VideoFileDecoder.FindOnPath();
        _videoFiles = new VideoFileDecoder(string.IsNullOrEmpty(ffmpeg) ? null : ffmpeg, options.VideoLimits);
    }

    /// <summary>Decodes and resizes.</summary>
    /// <exception cref="PictureException">The files cannot be used.</exception>
    /// <exception cref="UploadException">The options do not say what the files are.</exception>
    public async Task<ResizedMedia> PrepareAsync(UploadOptions options, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        switch (options.Kind)
        {
            case MediaKind.Picture when files.Count == 1:
                return PicturePreprocessor.Resize(PictureDecoder.Decode(files[0].Span, _limits), _model.Pictures);
            case MediaKind.Picture:
                throw new UploadException($"A picture is one file, but {files.Count} were sent. Upload each by itself.");
            case MediaKind.Video when files.Count == 1 && VideoFileDecoder.IsVideoFile(files[0].Span):
                return await _videoFiles.DecodeAsync(files[0], _model.Videos, cancellationToken).ConfigureAwait(false);
            case MediaKind.Video:
                return PrepareFrames(options, files, cancellationToken);
            default:
                throw new UploadException($"The media kind {options.Kind} is unknown. Say picture or video.");
        }
    }

    private ResizedMedia PrepareFrames(UploadOptions options, IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        var framesPerSecond = options.HasFps ? options.Fps : (double?)null;
        if (files.Count > 1)
            return PicturePreprocessor.Resize(DecodeAll(files, cancellationToken), framesPerSecond, _model.Videos);

        var animation = PictureDecoder.DecodeAnimation(files[0].Span, _limits, cancellationToken);
        return animation.Frames.Count > 1
            ? PicturePreprocessor.Resize(animation, _model.Videos)
            : PicturePreprocessor.Resize(animation.Frames, framesPerSecond, _model.Videos);
    }

    private List<RgbImage> DecodeAll(IReadOnlyList<ReadOnlyMemory<byte>> files, CancellationToken cancellationToken)
    {
        var frames = new List<RgbImage>(files.Count);
        foreach (var file in files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var frame = PictureDecoder.Decode(file.Span, _limits);
            _limits.CheckFrames(frames.Count + 1, frame.Width, frame.Height);
            frames.Add(frame);
        }

        return frames;
    }
}
