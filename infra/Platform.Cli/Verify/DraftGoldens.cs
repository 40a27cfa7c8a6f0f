using Platform.Kernels;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>The draft head over the prompt, then chained drafts.</summary>
internal static class DraftGoldens
{
    /// <param name="model">At the prompt's end.</param>
    /// <param name="prompt">Prompt tokens.</param>
    /// <param name="next">The token chosen after them.</param>
    /// <param name="hidden">The prompt's final-normed hidden rows.</param>
    /// <param name="drafts">How many drafts to chain.</param>
    /// <param name="computed">Receives <c>mtp.*</c> and <c>draft.*</c>.</param>
    public static void Compute(
        ModelUnderTest model, int[] prompt, int next, GoldenTensor hidden, int drafts, Dictionary<string, GoldenTensor> computed)
    {
        int[] shifted = [.. prompt[1..], next];
        var vocab = model.Config.VocabSize;
        computed["mtp.input_ids"] = GoldenTensor.Of(Array.ConvertAll(shifted, token => (long)token), shifted.Length);
        computed["mtp.positions"] = GoldenTensor.Of([.. Enumerable.Range(0, shifted.Length).Select(i => (long)model.Positions[i].Time)], shifted.Length);

        using var rows = new NativeBuffer(hidden.Floats!.Length * sizeof(float));
        var hiddenRows = rows.Rows(0, shifted.Length, model.Config.HiddenSize, model.Config.HiddenSize);
        hidden.Floats.CopyTo(hiddenRows.AsSpan());
        var head = new RecordingTap("mtp");
        var logits = model.Draft(0, shifted, hiddenRows, 0, head);
        computed["mtp.logits"] = GoldenTensor.Of(logits, shifted.Length, vocab);
        Rename(head, "mtp", computed);
        var cacheLayer = model.Config.LayerTypes.Count(kind => kind == LayerKind.FullAttention);
        (computed["mtp.key"], computed["mtp.value"]) = model.KeysAndValues(cacheLayer, shifted.Length);
        if (drafts == 0)
            return;

        // Draft 0 is the head's last row; each further one is fed back with the head's own normed output.
        var chain = new List<long>();
        var chained = new RecordingTap("draft");
        var rowsOfLogits = new List<float>(logits[^vocab..]);
        for (var step = 1; step <= drafts; step++)
        {
            chain.Add(ModelUnderTest.ArgMax(logits.AsSpan(logits.Length - vocab)));
            if (step == drafts)
                break;
            var own = model.Output.SegmentHidden(0);
            logits = model.Draft(
                prompt.Length - 1 + step, [(int)chain[^1]], own.Rows(own.Count - 1, 1), step % model.Model.Mtp!.LayerCount, chained);
            rowsOfLogits.AddRange(logits);
        }

        computed["draft.tokens"] = GoldenTensor.Of(chain.ToArray(), drafts);
        computed["draft.logits"] = GoldenTensor.Of(rowsOfLogits.ToArray(), drafts, vocab);
        (computed["draft.key"], computed["draft.value"]) = model.KeysAndValues(cacheLayer, prompt.Length + drafts - 1);
        Chain(chained, computed);
    }

    private static void Rename(RecordingTap tap, string prefix, Dictionary<string, GoldenTensor> computed)
    {
        foreach (var (name, tensor) in tap.Recorded())
            computed[Renamed(name, prefix)] = tensor;
    }

    private static string Renamed(string name, string prefix)
    {
        if (name == $"{prefix}.embeddings")
            return $"{prefix}.fc_out";
        if (name == $"{prefix}.hidden.final_norm")
            return $"{prefix}.hidden";
        var layer = name.LastIndexOf(".layer", StringComparison.Ordinal);
        return name.StartsWith($"{prefix}.hidden.", StringComparison.Ordinal) ? $"{prefix}.layer_out" : name[..layer];
    }

    // Step 0 of the chain is the head's last prompt row.
    private static void Chain(RecordingTap chained, Dictionary<string, GoldenTensor> computed)
    {
        var rest = chained.Recorded().ToDictionary(pair => Renamed(pair.Name, "draft"), pair => pair.Tensor);
        foreach (var name in new[] { "hidden", "router.logits", "router.experts", "router.weights" })
        {
            if (!computed.TryGetValue($"mtp.{name}", out var first))
                continue;
            var width = (int)first.Shape[^1];
            rest.TryGetValue($"draft.{name}", out var others);
            var count = 1 + (others?.Shape[0] ?? 0);
            computed[$"draft.{name}"] = first.Floats is not null
                ? GoldenTensor.Of([.. first.Floats[^width..], .. others?.Floats ?? []], count, width)
                : GoldenTensor.Of([.. first.Integers![^width..], .. others?.Integers ?? []], count, width);
        }
    }
}
