using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Platform.Engine;

/// <summary>Log-probabilities of raw logits over the sampleable ids, in double precision, summed in eight lanes.</summary>
internal static class Logprobs
{
    /// <summary>The logarithm of the sum of exp(logit); subtract it from a logit to get its log-probability.</summary>
    public static double Normaliser(ReadOnlySpan<float> logits)
    {
        var highest = logits[LogitScan.Highest(logits)];
        var lanes = Vector512<double>.Zero;
        var rest = 0.0;
        Span<double> block = stackalloc double[512];
        for (; logits.Length > 0; logits = logits[Math.Min(block.Length, logits.Length)..])
        {
            var now = logits[..Math.Min(block.Length, logits.Length)];
            SamplerMath.Exp(now, highest, block);
            var vectors = MemoryMarshal.Cast<double, Vector512<double>>(block[..now.Length]);
            foreach (var weights in vectors)
                lanes += weights;
            foreach (var weight in block[(vectors.Length * Vector512<double>.Count)..now.Length])
                rest += weight;
        }

        for (var lane = 0; lane < Vector512<double>.Count; lane++)
            rest += lanes[lane];
        return highest + SamplerMath.Log(rest);
    }

    /// <summary>The most probable ids, best first, ties to the lower id.</summary>
    public static TopLogprob[] Top(ReadOnlySpan<float> logits, double normaliser, int count)
    {
        count = Math.Min(count, logits.Length);
        Span<int> ids = stackalloc int[count];
        TopSelection.Select(logits, ids);
        var top = new TopLogprob[count];
        for (var i = 0; i < count; i++)
            top[i] = new TopLogprob(ids[i], (float)(logits[ids[i]] - normaliser));
        SortByRank(top, logits);
        return top;
    }

    private static void SortByRank(TopLogprob[] top, ReadOnlySpan<float> logits)
    {
        for (var i = 1; i < top.Length; i++)
        {
            for (var j = i; j > 0 && RanksAbove(logits, top[j].Token, top[j - 1].Token); j--)
                (top[j], top[j - 1]) = (top[j - 1], top[j]);
        }
    }

    private static bool RanksAbove(ReadOnlySpan<float> logits, int a, int b) => logits[a] > logits[b] || (logits[a] == logits[b] && a < b);
}
