using System.ComponentModel.DataAnnotations;
using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>What the vision service may cost. Checked when the process starts.</summary>
public sealed class VisionOptions
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Vision";

    /// <summary>Bytes of one upload, all its files together. Held in memory while it is received and decoded.</summary>
    [Range(1L << 10, 1L << 32)]
    public long MaxUploadBytes { get; set; } = 64L << 20;

    /// <summary>Files in one upload: the pictures of a video given frame by frame. More cost decoding time.</summary>
    [Range(1, 10_000)]
    public int MaxFiles { get; set; } = 768;

    /// <summary>Pixels of one picture before resizing; decoding one holds 7 bytes each.</summary>
    [Range(1L, 1L << 29)]
    public long MaxPicturePixels { get; set; } = PictureLimits.Default.MaxPixels;

    /// <summary>Pixels of a picture's longer side.</summary>
    [Range(1, 65_535)]
    public int MaxPictureSide { get; set; } = PictureLimits.Default.MaxSide;

    /// <summary>Frames of an animation that are decoded.</summary>
    [Range(1, 100_000)]
    public int MaxAnimationFrames { get; set; } = PictureLimits.Default.MaxFrames;

    /// <summary>Pixels of all frames of an animation or of a list of pictures; 3 bytes each are held while it is prepared.</summary>
    [Range(1L, 1L << 33)]
    public long MaxAnimationPixels { get; set; } = PictureLimits.Default.MaxAnimationPixels;

    /// <summary>Uploads that are received and decoded at once; each may hold <see cref="MaxUploadBytes"/> and one decoded medium.</summary>
    [Range(1, 256)]
    public int MaxUploads { get; set; } = 4;

    /// <summary>Uploads that wait for their turn; more are refused as RESOURCE_EXHAUSTED.</summary>
    [Range(0, 10_000)]
    public int MaxWaitingUploads { get; set; } = 64;

    /// <summary>How long one upload may take once it has its turn, so that a slow sender gives its place back.</summary>
    public TimeSpan UploadTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Media that wait for the vision tower, which takes one at a time; more are refused as RESOURCE_EXHAUSTED.</summary>
    [Range(0, 10_000)]
    public int MaxWaitingEmbeddings { get; set; } = 64;

    /// <summary>Memory of uploaded media and their embeddings; the least recently used are dropped. A maximal picture's embeddings take
    /// 16,384 rows of the hidden size in float32: 268 MB at 4,096.</summary>
    [Range(1L << 20, 1L << 40)]
    public long CacheBytes { get; set; } = 1L << 30;

    /// <summary>Full path of the ffmpeg that decodes video files; null looks on the PATH, an empty string refuses video files.</summary>
    public string? FfmpegPath { get; set; }

    /// <summary>How long ffmpeg may run for one video.</summary>
    public TimeSpan VideoTimeLimit { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Frames of a video file.</summary>
    [Range(1, 10_000_000)]
    public int MaxVideoFrames { get; set; } = 100_000;

    /// <summary>The limits of one picture or animation.</summary>
    internal PictureLimits PictureLimits => new()
    {
        MaxFileBytes = MaxUploadBytes,
        MaxPixels = MaxPicturePixels,
        MaxSide = MaxPictureSide,
        MaxFrames = MaxAnimationFrames,
        MaxAnimationPixels = MaxAnimationPixels,
    };

    /// <summary>The limits of one video file.</summary>
    internal VideoLimits VideoLimits => new()
    {
        MaxFileBytes = MaxUploadBytes,
        MaxSourceFrames = MaxVideoFrames,
        TimeLimit = VideoTimeLimit,
        Frame = PictureLimits,
    };
}
