using Platform.Kernels;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>Caches and states in the goldens' layout.</summary>
internal static class StateReading
{
    /// <summary>Adds every linear layer's states of some slots: one slot as it is, several stacked along a new first axis.</summary>
    public static void AddStates(this ModelUnderTest model, string prefix, ReadOnlySpan<int> slots, bool stacked, Dictionary<string, GoldenTensor> computed)
    {
        var config = model.Config;
        var linear = 0;
        for (var layer = 0; layer < config.NumHiddenLayers; layer++)
        {
            if (config.LayerTypes[layer] != LayerKind.LinearAttention)
                continue;
            var conv = new List<float>();
            var recurrent = new List<float>();
            foreach (var slot in slots)
            {
                AddConv(model, slot, linear, conv);
                AddRecurrent(model, slot, linear, recurrent);
            }

            long[] leading = stacked ? [slots.Length] : [];
            computed[$"{prefix}.conv_state.layer{layer}"] = GoldenTensor.Of(conv.ToArray(), [.. leading, config.ConvDim, config.LinearConvKernelDim]);
            computed[$"{prefix}.recurrent_state.layer{layer}"] = GoldenTensor.Of(
                recurrent.ToArray(), [.. leading, config.LinearNumValueHeads, config.LinearKeyHeadDim, config.LinearValueHeadDim]);
            linear++;
        }
    }

    /// <summary>Adds every full-attention layer's keys and values of the first positions.</summary>
    public static void AddKeysAndValues(this ModelUnderTest model, string prefix, int positions, Dictionary<string, GoldenTensor> computed)
    {
        var attention = 0;
        for (var layer = 0; layer < model.Config.NumHiddenLayers; layer++)
        {
            if (model.Config.LayerTypes[layer] != LayerKind.FullAttention)
                continue;
            var (keys, values) = model.KeysAndValues(attention++, positions);
            computed[$"{prefix}.key.layer{layer}"] = keys;
            computed[$"{prefix}.value.layer{layer}"] = values;
        }
    }

    /// <summary>One cache layer's keys and values, [Nkv, positions, D].</summary>
    public static (GoldenTensor Keys, GoldenTensor Values) KeysAndValues(this ModelUnderTest model, int cacheLayer, int positions)
    {
        var layout = model.Cache.Layout;
        var keys = new float[layout.KvHeads * positions * layout.HeadDim];
        var values = new float[keys.Length];
        for (var head = 0; head < layout.KvHeads; head++)
        {
            for (var position = 0; position < positions; position++)
            {
                var at = (head * positions + position) * layout.HeadDim;
                KvPages.Read(
                    model.Cache.Memory, layout, position / 64, cacheLayer, head, position % 64,
                    keys.AsSpan(at, layout.HeadDim), values.AsSpan(at, layout.HeadDim));
            }
        }

        long[] shape = [layout.KvHeads, positions, layout.HeadDim];
        return (GoldenTensor.Of(keys, shape), GoldenTensor.Of(values, shape));
    }

    // The goldens keep a fourth, oldest column that nothing reads.
    private static void AddConv(ModelUnderTest model, int slot, int linearLayer, List<float> target)
    {
        var columns = model.States.Conv(slot, linearLayer);
        for (var channel = 0; channel < columns.Width; channel++)
        {
            target.Add(0);
            for (var column = 0; column < columns.Count; column++)
                target.Add(columns[column][channel]);
        }
    }

    private static void AddRecurrent(ModelUnderTest model, int slot, int linearLayer, List<float> target)
    {
        var rows = model.States.Recurrent(slot, linearLayer);
        for (var row = 0; row < rows.Count; row++)
            target.AddRange(rows[row][..model.Config.LinearValueHeadDim]);
    }
}
