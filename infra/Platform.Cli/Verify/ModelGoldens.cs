using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary>Prompt, greedy decoding, and from the prompt's end drafting, verification and rollback.</summary>
internal static class ModelGoldens
{
    private const int PromptSlot = 0;
    private const int WorkSlot = 1;
    private const int FirstSnapshotSlot = 2;

    public static void Compute(
        Checkpoint checkpoint, SafetensorsFile goldens, TextModelOptions options, Dictionary<string, GoldenTensor> computed)
    {
        var prompt = GoldenTensor.Read(goldens, "input_ids").ToInts();
        var steps = goldens.Tensors.TryGetValue("decode.tokens", out var entry) ? (int)entry.Shape[0] - 1 : 0;
        var candidates = Math.Max(Tokens(goldens, "verify.input_ids"), Tokens(goldens, "accept.input_ids"));
        var room = prompt.Length + Math.Max(steps, candidates + 1) + 1;
        using var model = new ModelUnderTest(checkpoint, options, room, prompt.Length, FirstSnapshotSlot + candidates);

        MediaGoldens.Prepare(model, checkpoint, goldens, prompt, options.Kernels, computed);
        var logits = RunPrompt(model, prompt, computed);
        var hidden = computed["prompt.hidden.final_norm"];
        var next = ModelUnderTest.ArgMax(logits.AsSpan(logits.Length - model.Config.VocabSize));
        computed["next_token"] = GoldenTensor.Of([next], 1);
        if (steps > 0)
            Decode(model, prompt.Length, next, steps, computed);
        if (model.Model.Mtp is not null && goldens.Tensors.ContainsKey("mtp.input_ids"))
            DraftGoldens.Compute(model, prompt, next, hidden, Tokens(goldens, "draft.tokens"), computed);
        foreach (var scenario in new[] { "verify", "accept" })
        {
            if (goldens.Tensors.ContainsKey($"{scenario}.input_ids"))
                Verify(model, prompt.Length, scenario, GoldenTensor.Read(goldens, $"{scenario}.input_ids").ToInts(), computed);
        }
    }

    private static int Tokens(SafetensorsFile goldens, string name) =>
        goldens.Tensors.TryGetValue(name, out var entry) ? (int)entry.Shape[^1] : 0;

    private static float[] RunPrompt(ModelUnderTest model, int[] prompt, Dictionary<string, GoldenTensor> computed)
    {
        var tap = new RecordingTap("prompt");
        var logits = model.Feed(model.At(0, PromptSlot), prompt, tap);
        computed["prompt.logits"] = GoldenTensor.Of(logits, prompt.Length, model.Config.VocabSize);
        foreach (var (name, tensor) in tap.Recorded())
            computed[name == "prompt.embeddings" ? "inputs_embeds" : name] = tensor;
        model.AddStates("prompt", [PromptSlot], stacked: false, computed);
        model.AddKeysAndValues("prompt", prompt.Length, computed);
        return logits;
    }

    private static void Decode(ModelUnderTest model, int promptLength, int next, int steps, Dictionary<string, GoldenTensor> computed)
    {
        var state = Branch(model, promptLength);
        var tokens = new long[steps + 1];
        var logits = new List<float>();
        tokens[0] = next;
        for (var step = 0; step < steps; step++)
        {
            var row = model.Feed(state, [(int)tokens[step]]);
            logits.AddRange(row);
            tokens[step + 1] = ModelUnderTest.ArgMax(row);
        }

        computed["decode.tokens"] = GoldenTensor.Of(tokens, tokens.Length);
        computed["decode.logits"] = GoldenTensor.Of(logits.ToArray(), steps, model.Config.VocabSize);
        model.AddStates("final", [WorkSlot], stacked: false, computed);
    }

    private static void Verify(
        ModelUnderTest model, int promptLength, string scenario, int[] tokens, Dictionary<string, GoldenTensor> computed)
    {
        var snapshots = Enumerable.Range(FirstSnapshotSlot, tokens.Length).ToArray();
        var tap = new RecordingTap(scenario);
        var vocab = model.Config.VocabSize;
        var logits = model.Feed(Branch(model, promptLength), tokens, tap, snapshots);
        computed[$"{scenario}.logits"] = GoldenTensor.Of(logits, tokens.Length, vocab);
        foreach (var (name, tensor) in tap.Recorded())
            computed[name] = tensor;
        model.AddStates(scenario, snapshots, stacked: true, computed);
        model.AddKeysAndValues(scenario, promptLength + tokens.Length, computed);

        var choices = Enumerable.Range(0, tokens.Length).Select(j => ModelUnderTest.ArgMax(logits.AsSpan(j * vocab, vocab))).ToArray();
        var accepted = 0;
        while (accepted + 1 < tokens.Length && choices[accepted] == tokens[accepted + 1])
            accepted++;
        computed[$"{scenario}.num_accepted"] = GoldenTensor.Of([accepted], 1);
        if (scenario == "verify")
            RollBack(model, promptLength, choices, snapshots, computed);
    }

    // From the longest accepted prefix down: each continuation overwrites only positions that no shorter one needs.
    private static void RollBack(
        ModelUnderTest model, int promptLength, int[] choices, int[] snapshots, Dictionary<string, GoldenTensor> computed)
    {
        var vocab = model.Config.VocabSize;
        var logits = new float[choices.Length * vocab];
        for (var j = choices.Length - 1; j >= 0; j--)
            model.Feed(model.At(promptLength + 1 + j, snapshots[j]), [choices[j]]).CopyTo(logits, j * vocab);
        computed["rollback.tokens"] = GoldenTensor.Of(Array.ConvertAll(choices, token => (long)token), choices.Length);
        computed["rollback.logits"] = GoldenTensor.Of(logits, choices.Length, vocab);
    }

    private static SequenceState Branch(ModelUnderTest model, int promptLength)
    {
        model.States.Copy(PromptSlot, WorkSlot);
        return model.At(promptLength, WorkSlot);
    }
}
