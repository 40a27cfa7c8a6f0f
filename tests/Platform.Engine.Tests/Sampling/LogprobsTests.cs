using CsCheck;

namespace Platform.Engine.Tests;

public sealed class LogprobsTests
{
    [Fact]
    public void Are_the_log_softmax_of_the_row() => Gen.Float[-30f, 30f].Array[1, 200].Sample(logits =>
    {
        var normaliser = Logprobs.Normaliser(logits);
        var expected = Math.Log(logits.Sum(logit => Math.Exp(logit)));
        return Math.Abs(normaliser - expected) < 1e-12 * Math.Max(1, Math.Abs(expected));
    });

    [Fact]
    public void List_the_best_first_and_ties_by_lower_id() => Gen.Select(Gen.Int[-3, 3].Select(i => (float)i).Array[1, 100], Gen.Int[1, 50])
        .Sample((logits, count) =>
        {
            var top = Logprobs.Top(logits, Logprobs.Normaliser(logits), count);
            var expected = Enumerable.Range(0, logits.Length).OrderByDescending(id => logits[id]).ThenBy(id => id).Take(count);
            return top.Select(entry => entry.Token).SequenceEqual(expected);
        });
}
