using Platform.Engine;

namespace Platform.Cli.Verify;

/// <summary>Keeps what a step shows, under golden names: <c>{prefix}.hidden.layer0</c> and so on; rows of later steps follow the earlier ones.</summary>
internal sealed class RecordingTap(string prefix) : StepTap
{
    private readonly Dictionary<string, (List<float> Floats, List<long> Integers, int Width)> _recorded = [];

    public override void Embeddings(int rows, ReadOnlySpan<float> values) => Keep("embeddings", rows, values);

    public override void Hidden(int layer, int rows, ReadOnlySpan<float> values) => Keep($"hidden.layer{layer}", rows, values);

    public override void FinalNorm(int rows, ReadOnlySpan<float> values) => Keep("hidden.final_norm", rows, values);

    public override void Router(int layer, int rows, ReadOnlySpan<float> logits, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights)
    {
        Keep($"router.logits.layer{layer}", rows, logits);
        Keep($"router.weights.layer{layer}", rows, weights);
        var kept = Slot($"router.experts.layer{layer}", experts.Length / rows);
        foreach (var expert in experts)
            kept.Integers.Add(expert);
    }

    /// <summary>Everything kept, by full golden name.</summary>
    public IEnumerable<(string Name, GoldenTensor Tensor)> Recorded()
    {
        foreach (var (name, (floats, integers, width)) in _recorded)
        {
            yield return ($"{prefix}.{name}", floats.Count > 0
                ? GoldenTensor.Of(floats.ToArray(), floats.Count / width, width)
                : GoldenTensor.Of(integers.ToArray(), integers.Count / width, width));
        }
    }

    private void Keep(string name, int rows, ReadOnlySpan<float> values)
    {
        if (rows > 0)
            Slot(name, values.Length / rows).Floats.AddRange(values);
    }

    private (List<float> Floats, List<long> Integers, int Width) Slot(string name, int width)
    {
        if (!_recorded.TryGetValue(name, out var slot))
            _recorded[name] = slot = ([], [], width);
        return slot;
    }
}
