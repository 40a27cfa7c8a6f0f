namespace Platform.Engine;

/// <summary>Which tokens a sequence has seen and how often it generated them: what the penalties need.</summary>
internal sealed class TokenCounts
{
    private readonly HashSet<int>? _prompt;
    private readonly Dictionary<int, int> _generated = [];
    private readonly SamplingParameters _sampling;

    /// <param name="sampling">Which penalties.</param>
    /// <param name="prompt">The prompt's tokens.</param>
    /// <param name="expected">Up to this many distinct generated tokens are counted without allocating.</param>
    public TokenCounts(SamplingParameters sampling, ReadOnlySpan<int> prompt, int expected = 0)
    {
        _sampling = sampling;
        if (sampling.UsesCounts)
            _generated.EnsureCapacity(expected);
        if (!sampling.UsesPrompt)
            return;
        _prompt = [];
        foreach (var token in prompt)
            _prompt.Add(token);
    }

    /// <summary>Counts a generated or replayed token.</summary>
    public void Add(int token)
    {
        if (_sampling.UsesCounts)
            _generated[token] = _generated.GetValueOrDefault(token) + 1;
    }

    /// <summary>Applies the three penalties in place.</summary>
    /// <param name="logits">[sampleable ids]; other ids are left out.</param>
    public void Penalise(Span<float> logits)
    {
        if (_prompt is not null)
        {
            foreach (var token in _prompt)
                Repeat(logits, token);
        }

        foreach (var (token, count) in _generated)
        {
            if (token >= logits.Length)
                continue;
            if (_prompt is not null && !_prompt.Contains(token))
                Repeat(logits, token);
            logits[token] -= _sampling.FrequencyPenalty * count;
            logits[token] -= _sampling.PresencePenalty;
        }
    }

    private void Repeat(Span<float> logits, int token)
    {
        if (token >= logits.Length)
            return;
        var logit = logits[token];
        logits[token] = logit > 0 ? logit / _sampling.RepetitionPenalty : logit * _sampling.RepetitionPenalty;
    }
}
