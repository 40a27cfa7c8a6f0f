using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>Counts which experts a mixture's tokens go to.</summary>
internal sealed class RoutingTap(int experts) : StepTap
{
    private readonly Dictionary<int, long[]> _counts = [];
    private readonly Dictionary<int, HashSet<int>> _ofStep = [];
    private readonly Samples _different = new();

    /// <summary>Called before each step.</summary>
    public void NextStep()
    {
        foreach (var chosen in _ofStep.Values.Where(chosen => chosen.Count > 0))
            _different.Add(chosen.Count);
        _ofStep.Clear();
    }

    public override void Router(int layer, int rows, ReadOnlySpan<float> logits, ReadOnlySpan<int> chosen, ReadOnlySpan<float> weights)
    {
        if (!_counts.TryGetValue(layer, out var counts))
            _counts[layer] = counts = new long[experts];
        if (!_ofStep.TryGetValue(layer, out var different))
            _ofStep[layer] = different = [];
        foreach (var expert in chosen)
        {
            counts[expert]++;
            different.Add(expert);
        }
    }

    /// <summary>The rows of the report.</summary>
    public IReadOnlyList<BenchRow> Rows(int batch)
    {
        NextStep();
        var entropy = Samples.Of(_counts.Values.Select(counts => Entropy(counts) / Math.Log2(experts)));
        return
        [
            new BenchRow
            {
                Section = "routing", Name = "entropy over even routing, by layer", Unit = "", Values = entropy,
                Note = "1 is even",
            },
            new BenchRow { Section = "routing", Name = $"experts a layer needs, batch {batch}", Unit = "", Values = _different },
        ];
    }

    /// <summary>Entropy of a histogram, bits.</summary>
    internal static double Entropy(IReadOnlyCollection<long> counts)
    {
        double total = counts.Sum();
        return -counts.Where(count => count > 0).Sum(count => count / total * Math.Log2(count / total));
    }
}
