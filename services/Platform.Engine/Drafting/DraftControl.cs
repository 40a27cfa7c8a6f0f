namespace Platform.Engine;

/// <summary>
/// Decides how many drafts each sequence gets, from what steps and drafts have cost and how often drafts were right: a further draft must bring
/// more tokens per second than the step has without it. Decides speed only; it cannot change a token.
/// </summary>
/// <remarks>Off by itself where the batch is so large that a row to verify costs as much as a row to decode, and for sequences whose drafts are
/// mostly wrong; those try one again now and then.</remarks>
internal sealed class DraftControl(EngineLimits limits)
{
    private const double Fading = 0.9;
    private const double Forgetting = 0.995;
    private const double LeastGain = 1.02;
    private const float Optimism = 0.9f;
    private const int StepsBetweenProbes = 64;

    private readonly VerificationCost _step = new();
    private readonly List<Candidate> _candidates = [];
    private double _linkTicks;
    private double _followTicks;

    /// <summary>Whether drafts could pay in a step with so many decoding sequences if nearly all were right.</summary>
    public bool CouldPay(int decoding)
    {
        if (limits.DraftAlways || !_step.IsKnown || decoding == 0)
            return true;
        var drafting = Math.Min(decoding, limits.MaxDraftingSequences);
        return Pays(decoding, _step.Of(decoding), drafting * Optimism, _followTicks + _linkTicks + drafting * _step.Row);
    }

    /// <summary>Takes a step without prompts into account.</summary>
    public void StepTook(int rows, long ticks) => _step.Add(rows, ticks);

    /// <summary>Takes a turn of the draft source into account.</summary>
    /// <param name="links">Guesses in its longest chain.</param>
    /// <param name="ticks">How long it took.</param>
    public void DraftTook(int links, long ticks)
    {
        if (links == 0)
            _followTicks = Fade(_followTicks, ticks);
        else
            _linkTicks = Fade(_linkTicks, Math.Max(1, (ticks - _followTicks) / links));
    }

    /// <summary>A step without the draft source: what its turns were measured to cost fades, so that one bad measurement is tried again.</summary>
    public void NotDrafted() => (_linkTicks, _followTicks) = (_linkTicks * Forgetting, _followTicks * Forgetting);

    /// <summary>How many drafts each sequence should get.</summary>
    /// <param name="sequences">Those whose next step feeds one token.</param>
    /// <param name="wanted">Receives the numbers, index by index.</param>
    public void Plan(IReadOnlyList<Sequence> sequences, Span<int> wanted)
    {
        for (var i = 0; i < sequences.Count; i++)
            wanted[i] = 0;
        if (limits.DraftAlways || !_step.IsKnown)
            GiveAll(sequences, wanted);
        else if (CouldPay(sequences.Count))
            GiveWhatPays(sequences, wanted);
    }

    /// <summary>The most drafts that a sequence's next step could feed and keep.</summary>
    private int Room(Sequence sequence)
    {
        var lastToken = sequence.TokenLimit - sequence.TokenCount - 1;
        // A chain writes one position per further guess; the draft head's pages are the sequence's own.
        var pages = sequence.State.Pages.Count * PageAllocator.PageLength - sequence.State.Length + 1;
        return Math.Max(0, Math.Min(Math.Min(limits.MaxDraftTokens, sequence.Outbox.Room - 1), Math.Min(lastToken, pages)));
    }

    private void GiveAll(IReadOnlyList<Sequence> sequences, Span<int> wanted)
    {
        for (var i = 0; i < Math.Min(sequences.Count, limits.MaxDraftingSequences); i++)
            wanted[i] = Room(sequences[i]);
    }

    private void GiveWhatPays(IReadOnlyList<Sequence> sequences, Span<int> wanted)
    {
        double tokens = sequences.Count;
        var ticks = _step.Of(sequences.Count) + _followTicks;
        for (var link = 0; link < limits.MaxDraftTokens; link++)
        {
            FindCandidates(sequences, wanted, link, _step.Row * tokens / ticks);
            var gain = 0.0;
            foreach (var candidate in _candidates)
                gain += candidate.Gain;
            var cost = _linkTicks + _candidates.Count * _step.Row;
            if (_candidates.Count == 0 || !Pays(tokens, ticks, gain, cost))
                break;
            foreach (var candidate in _candidates)
                wanted[candidate.Index] = link + 1;
            (tokens, ticks) = (tokens + gain, ticks + cost);
        }

        Probe(sequences, wanted);
    }

    private void FindCandidates(IReadOnlyList<Sequence> sequences, Span<int> wanted, int link, double leastGain)
    {
        _candidates.Clear();
        for (var i = 0; i < sequences.Count && _candidates.Count < limits.MaxDraftingSequences; i++)
        {
            if (wanted[i] != link || Room(sequences[i]) <= link)
                continue;
            var gain = 1.0;
            for (var j = 0; j <= link; j++)
                gain *= sequences[i].DraftRecord.Chance(j);
            if (gain > leastGain)
                _candidates.Add(new Candidate(i, gain));
        }
    }

    private static void Probe(IReadOnlyList<Sequence> sequences, Span<int> wanted)
    {
        for (var i = 0; i < sequences.Count; i++)
        {
            if (wanted[i] == 0 && ++sequences[i].DraftRecord.StepsWithout >= StepsBetweenProbes)
                wanted[i] = 1;
        }
    }

    private static bool Pays(double tokens, double ticks, double gain, double cost) =>
        (tokens + gain) * ticks > LeastGain * tokens * (ticks + cost);

    private static double Fade(double old, double now) => old == 0 ? now : Fading * old + (1 - Fading) * now;

    private readonly record struct Candidate(int Index, double Gain);
}
