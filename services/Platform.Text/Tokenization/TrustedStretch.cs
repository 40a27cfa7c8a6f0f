namespace Platform.Text;

/// <summary>Neighbouring trusted segments as one range of the joined text.</summary>
/// <param name="Start">UTF-16 index of its first character.</param>
/// <param name="End">One past its last.</param>
internal readonly record struct TrustedStretch(int Start, int End)
{
    public static TrustedStretch[] Of(IReadOnlyList<PromptSegment> segments)
    {
        var stretches = new List<TrustedStretch>();
        var position = 0;
        foreach (var segment in segments)
        {
            var end = position + segment.Text.Length;
            if (segment.Trusted && stretches.Count > 0 && stretches[^1].End == position)
                stretches[^1] = stretches[^1] with { End = end };
            else if (segment.Trusted)
                stretches.Add(new TrustedStretch(position, end));
            position = end;
        }
        return [.. stretches];
    }
}
