using Platform.Model;

namespace Platform.Engine;

/// <summary>Refuses a step that would read or write where it must not, before anything is written.</summary>
internal static class StepChecks
{
    public static void Check(StepContext step, TextConfig config)
    {
        for (var i = 0; i < step.SegmentCount; i++)
        {
            var segment = step.Segment(i);
            CheckTokens(segment, i, config);
            CheckPages(step, segment, i);
            if (step.States is { } states)
                CheckSlots(segment, i, states);
        }
    }

    private static void CheckTokens(StepSegment segment, int index, TextConfig config)
    {
        if (segment.TokenOffset < 0 || segment.TokenOffset + segment.TokenCount > segment.Tokens.Length)
        {
            throw new ArgumentException(
                $"Segment {index} feeds tokens {segment.TokenOffset}..{segment.TokenOffset + segment.TokenCount} " +
                $"of an array of {segment.Tokens.Length}.");
        }

        foreach (var token in segment.Tokens.AsSpan(segment.TokenOffset, segment.TokenCount))
        {
            if ((uint)token >= (uint)config.VocabSize)
                throw new ArgumentException($"Segment {index} feeds token {token}, but the vocabulary has {config.VocabSize}.");
        }

        if (segment.Media is { } media && media.Width != config.HiddenSize)
        {
            throw new ArgumentException(
                $"Segment {index} has media rows of {media.Width} values, but the model's hidden size is {config.HiddenSize}.");
        }
    }

    private static void CheckPages(StepContext step, StepSegment segment, int index)
    {
        var needed = KvCache.PagesFor(segment.FirstPosition + segment.TokenCount);
        for (var page = 0; page < needed; page++)
        {
            if ((uint)segment.State.Pages[page] >= (uint)step.Cache.Pages)
                throw new ArgumentException($"Segment {index} lists page {segment.State.Pages[page]}, but the cache has {step.Cache.Pages} pages.");
        }
    }

    private static void CheckSlots(StepSegment segment, int index, StateStore states)
    {
        if ((uint)segment.State.Slot >= (uint)states.Slots)
            throw new ArgumentException($"Segment {index} is in slot {segment.State.Slot}, but the store has {states.Slots} slots.");
        for (var token = 0; segment.SnapshotSlots is { } slots && token < segment.TokenCount; token++)
        {
            if (slots[token] >= states.Slots || slots[token] == segment.State.Slot)
            {
                throw new ArgumentException(
                    $"Segment {index} takes a snapshot into slot {slots[token]}; choose a slot below {states.Slots} other than its own.");
            }
        }
    }
}
