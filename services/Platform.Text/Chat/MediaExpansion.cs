using System.Globalization;

namespace Platform.Text.Chat;

/// <summary>
/// Widens the placeholders of a rendered prompt to one pad token per merged patch. Only placeholders that the renderer wrote are
/// looked at; a client's literal placeholder is text and stays as it is.
/// </summary>
public static class MediaExpansion
{
    private const string VideoTriple = TemplateText.VisionStart + TemplateText.VideoPad + TemplateText.VisionEnd;

    /// <summary>Expands all placeholders; attachments are used in order of appearance.</summary>
    /// <param name="segments">A rendered prompt.</param>
    /// <param name="pictures">Patch grids of the pictures, in order.</param>
    /// <param name="videos">Patch grids and timestamps of the videos, in order.</param>
    /// <param name="mergeSize">Patches per side that the vision tower merges into one token.</param>
    /// <returns>New segments; placeholders stay trusted.</returns>
    /// <exception cref="ChatRenderException">Placeholders and attachments differ in number, or a grid cannot be merged.</exception>
    public static IReadOnlyList<PromptSegment> Expand(
        IReadOnlyList<PromptSegment> segments, IReadOnlyList<PictureGrid> pictures, IReadOnlyList<VideoGrid> videos, int mergeSize = 2)
    {
        ArgumentNullException.ThrowIfNull(segments);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentNullException.ThrowIfNull(videos);
        ArgumentOutOfRangeException.ThrowIfLessThan(mergeSize, 1);
        var expansion = new Expansion(pictures, videos, mergeSize * mergeSize);
        foreach (var segment in segments)
            expansion.Add(segment);
        return expansion.Finish();
    }

    /// <summary>
    /// Seconds with one decimal, rounded as Python does: exact ties go to the even digit. A tie is an odd number of quarters, the
    /// only halves of a tenth that a double can hold.
    /// </summary>
    internal static string Seconds(double seconds)
    {
        double quarters = seconds * 4;
        if (quarters == Math.Floor(quarters) && Math.Abs(quarters % 2) == 1)
        {
            double tenths = Math.Floor(seconds * 10);
            seconds = (tenths % 2 == 0 ? tenths : tenths + 1) / 10;
        }

        return seconds.ToString("F1", CultureInfo.InvariantCulture);
    }

    private sealed class Expansion(IReadOnlyList<PictureGrid> pictures, IReadOnlyList<VideoGrid> videos, int mergedPatches)
    {
        private readonly PromptBuilder _out = new();
        private int _pictures;
        private int _videos;

        public void Add(PromptSegment segment)
        {
            if (segment.Trusted)
                AddTrusted(segment.Text);
            else
                _out.Untrusted(segment.Text);
        }

        public IReadOnlyList<PromptSegment> Finish()
        {
            RequireAll("picture", _pictures, pictures.Count);
            RequireAll("video", _videos, videos.Count);
            return _out.Build();
        }

        private void AddTrusted(ReadOnlySpan<char> text)
        {
            while (NextPlaceholder(text) is var (start, length, isVideo))
            {
                _out.Trusted(text[..start]);
                if (isVideo)
                    AddVideo();
                else
                    AddPicture();
                text = text[(start + length)..];
            }

            _out.Trusted(text);
        }

        private static (int Start, int Length, bool IsVideo)? NextPlaceholder(ReadOnlySpan<char> text)
        {
            int picture = text.IndexOf(TemplateText.ImagePad, StringComparison.Ordinal);
            int video = text.IndexOf(TemplateText.VideoPad, StringComparison.Ordinal);
            if (picture >= 0 && (video < 0 || picture < video))
                return (picture, TemplateText.ImagePad.Length, false);
            if (video < 0)
                return null;
            int wrapped = video - TemplateText.VisionStart.Length;
            return wrapped >= 0 && text[wrapped..].StartsWith(VideoTriple, StringComparison.Ordinal)
                ? (wrapped, VideoTriple.Length, true)
                : (video, TemplateText.VideoPad.Length, true);
        }

        private void AddPicture()
        {
            int index = _pictures++;
            if (index >= pictures.Count)
                return;
            var grid = pictures[index];
            AddPads(TemplateText.ImagePad, Merged(grid.Time * grid.Height * grid.Width, "Picture", index));
        }

        private void AddVideo()
        {
            int index = _videos++;
            if (index >= videos.Count)
                return;
            var grid = videos[index];
            if (grid.Timestamps.Count != grid.Time)
                throw new ChatRenderException($"Video {index + 1} has {grid.Time} temporal patches but {grid.Timestamps.Count} timestamps.");
            int pads = Merged(grid.Height * grid.Width, "Video", index);
            foreach (double seconds in grid.Timestamps)
            {
                _out.Trusted($"<{Seconds(seconds)} seconds>{TemplateText.VisionStart}");
                AddPads(TemplateText.VideoPad, pads);
                _out.Trusted(TemplateText.VisionEnd);
            }
        }

        private int Merged(int patches, string kind, int index) => patches > 0 && patches % mergedPatches == 0
            ? patches / mergedPatches
            : throw new ChatRenderException($"{kind} {index + 1} has a grid of {patches} patches, which do not merge by {mergedPatches}.");

        private void AddPads(string pad, int count)
        {
            for (int i = 0; i < count; i++)
                _out.Trusted(pad);
        }

        private static void RequireAll(string kind, int placeholders, int attachments)
        {
            if (placeholders != attachments)
                throw new ChatRenderException($"The prompt has {placeholders} {kind} placeholders but {attachments} {kind}s were attached.");
        }
    }
}
