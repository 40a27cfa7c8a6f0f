namespace Platform.Kernels;

/// <summary>The router's choice: the k largest logits, equal ones by the lower index, and their softmax renormalised to sum 1.</summary>
public static class TopK
{
    private const int MaxOnStack = 4096;

    /// <summary>Chooses and weighs.</summary>
    /// <param name="logits">[E].</param>
    /// <param name="chosen">Receives k indices in rank order.</param>
    /// <param name="weights">Receives their k weights. The softmax over all E, renormalised over the chosen, is the softmax of the chosen.</param>
    public static void Choose(ReadOnlySpan<float> logits, Span<int> chosen, Span<float> weights)
    {
        if (chosen.Length > logits.Length || weights.Length != chosen.Length)
            throw new ArgumentException($"{chosen.Length} of {logits.Length} cannot be chosen into {weights.Length} weights.");
        Span<bool> taken = logits.Length <= MaxOnStack ? stackalloc bool[logits.Length] : new bool[logits.Length];
        taken.Clear();
        for (var rank = 0; rank < chosen.Length; rank++)
        {
            var best = -1;
            for (var i = 0; i < logits.Length; i++)
            {
                if (!taken[i] && (best < 0 || logits[i] > logits[best]))
                    best = i;
            }

            taken[best] = true;
            chosen[rank] = best;
            weights[rank] = logits[best];
        }

        var sum = Lanes.ExpAndSum(weights, weights[0]);
        for (var rank = 0; rank < weights.Length; rank++)
            weights[rank] /= sum;
    }
}
