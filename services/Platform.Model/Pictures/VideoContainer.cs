namespace Platform.Model.Pictures;

/// <summary>Recognises video files by their first bytes. Only containers that carry their own streams are accepted: a playlist would
/// make ffmpeg open other files.</summary>
internal static class VideoContainer
{
    /// <summary>The name of ffmpeg's demuxer for this file, or null where it is none of the accepted containers.</summary>
    public static string? Demuxer(ReadOnlySpan<byte> file) => file switch
    {
        _ when file.Length >= 12 && file[4..].StartsWith("ftyp"u8) => "mov",
        _ when file.StartsWith<byte>([0x1A, 0x45, 0xDF, 0xA3]) => "matroska",
        _ when file.Length >= 12 && file.StartsWith("RIFF"u8) && file[8..].StartsWith("AVI "u8) => "avi",
        _ => null,
    };
}
