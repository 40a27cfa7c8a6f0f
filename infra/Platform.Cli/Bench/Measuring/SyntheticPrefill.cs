using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>
/// Runs a model's steps, but fills the pages of long prompts instead of computing them: the first pages of the first prompt are computed,
/// every other page is a copy of one of them, chosen by a fixed rule, and every state a copy of the first. Only a prompt's last token is
/// computed. What is measured afterwards reads the same bytes as after a real prefill, which would take hours.
/// </summary>
internal sealed class SyntheticPrefill(TextModel model)
{
    private const int MostTemplatePages = 8;

    private readonly HashSet<int> _filled = [];
    private readonly List<int> _templates = [];
    private readonly List<(StepSegment Segment, int Skipped)> _shrunk = [];
    private int _templateSlot = -1;

    /// <summary>Runs one step.</summary>
    public void Run(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore states, StepOutput output)
    {
        _shrunk.Clear();
        foreach (var segment in segments)
        {
            if (segment.TokenCount > KvCache.PagePositions)
                Fill(segment, cache, states, output);
        }

        try
        {
            model.Run(segments, cache, states, output);
        }
        finally
        {
            foreach (var (segment, skipped) in _shrunk)
                Move(segment, -skipped);
        }
    }

    private void Fill(StepSegment segment, KvCache cache, StateStore states, StepOutput output)
    {
        if (_templates.Count == 0)
            MakeTemplates(segment, cache, states, output);
        var pages = segment.State.Pages;
        for (var i = 0; i < KvCache.PagesFor(segment.State.Length + segment.TokenCount); i++)
        {
            if (_filled.Add(pages[i]))
                cache.CopyPage(_templates[(int)((uint)(pages[i] * 0x9E3779B1) % _templates.Count)], pages[i]);
        }

        if (segment.State.Slot != _templateSlot)
            states.Copy(_templateSlot, segment.State.Slot);
        var skipped = segment.TokenCount - 1;
        _shrunk.Add((segment, skipped));
        Move(segment, skipped);
    }

    private void MakeTemplates(StepSegment segment, KvCache cache, StateStore states, StepOutput output)
    {
        var room = Math.Min(segment.TokenCount, model.Options.MaxBatchedTokens) / KvCache.PagePositions;
        var count = Math.Clamp(room, 1, MostTemplatePages);
        var first = new StepSegment
        {
            State = new SequenceState { Slot = segment.State.Slot },
            Tokens = segment.Tokens,
            TokenCount = count * KvCache.PagePositions,
            Logits = LogitRows.None,
        };
        first.State.Pages.AddRange(segment.State.Pages.Take(count));
        model.Run([first], cache, states, output);
        _templates.AddRange(first.State.Pages);
        _filled.UnionWith(_templates);
        _templateSlot = segment.State.Slot;
    }

    /// <summary>Makes a segment start later by some tokens (earlier by a negative number), its end staying where it is.</summary>
    private static void Move(StepSegment segment, int tokens)
    {
        segment.State.Length += tokens;
        segment.TokenOffset += tokens;
        segment.TokenCount -= tokens;
    }
}
