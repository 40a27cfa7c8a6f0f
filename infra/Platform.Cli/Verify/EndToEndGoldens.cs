using System.Globalization;
using System.Text.Json;
using Platform.Engine;
using Platform.Model;
using Platform.Model.Pictures;

namespace Platform.Cli.Verify;

/// <summary>
/// Verifies an end-to-end folder: each chat request of <c>requests.json</c> is rendered, encoded, joined with its pictures and continued
/// greedily, and every stage is compared.
/// </summary>
internal static class EndToEndGoldens
{
    /// <summary>Runs the folder.</summary>
    /// <param name="folder">With requests.json, a checkpoint, its tokenizer and processor settings, pictures and golden.safetensors.</param>
    /// <param name="goldenFile">The golden file, or null for the folder's own.</param>
    /// <param name="kernels">"auto", "reference" (scalar), or "bf16" (compared and printed, not judged).</param>
    public static IReadOnlyList<GoldenRow> Run(string folder, string? goldenFile, string kernels)
    {
        var options = TensorFolderGoldens.OptionsOf(kernels);
        using var goldens = SafetensorsFile.Open(goldenFile ?? Path.Combine(folder, "golden.safetensors"));
        using var checkpoint = Checkpoint.Open(folder);
        using var requests = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "requests.json")));
        var tokenizer = Text.Tokenizer.Load(folder);
        var template = requests.RootElement.GetProperty("template").GetString()!;

        var rows = new List<GoldenRow>();
        var computed = new Dictionary<string, GoldenTensor>();
        foreach (var request in requests.RootElement.GetProperty("requests").EnumerateArray())
        {
            var prompt = EndToEndPrompt.Make(folder, template, request, tokenizer, ImageProcessorConfig.Load(folder));
            rows.AddRange(CompareTexts(prompt, request));
            rows.AddRange(Generate(checkpoint, options, prompt, request, tokenizer, computed));
        }

        var tensors = goldens.Tensors.Values.OrderBy(entry => entry.ByteOffset)
            .Select(entry => Compare(entry.Name, GoldenTensor.Read(goldens, entry.Name), computed));
        rows.AddRange(options.Format == ComputeFormat.BF16 ? tensors.Select(TensorFolderGoldens.NotJudged) : tensors);
        return rows;
    }

    private static IEnumerable<GoldenRow> CompareTexts(EndToEndPrompt prompt, JsonElement request)
    {
        yield return SameText($"{prompt.Name}: prompt", prompt.Rendered, request.GetProperty("prompt").GetString());
        yield return SameText($"{prompt.Name}: prompt_expanded", prompt.Expanded, request.GetProperty("prompt_expanded").GetString());
        yield return Ids($"{prompt.Name}: ids_prompt", prompt.RenderedIds, request.GetProperty("ids_prompt"));
        yield return Ids($"{prompt.Name}: ids", prompt.Ids, request.GetProperty("ids"));
    }

    private static List<GoldenRow> Generate(
        Checkpoint checkpoint, TextModelOptions options, EndToEndPrompt prompt, JsonElement request, Text.Tokenizer tokenizer, Dictionary<string, GoldenTensor> computed)
    {
        var generated = request.GetProperty("generated");
        var count = generated.GetArrayLength();
        using var model = new ModelUnderTest(checkpoint, options, prompt.Ids.Length + count, prompt.Ids.Length, slots: 1);
        AddInputs(model, checkpoint, options, prompt, computed);

        var state = model.At(0, 0);
        var all = model.Feed(state, prompt.Ids);
        var logits = all[^model.Config.VocabSize..];
        computed[$"{prompt.Name}.logits.first"] = GoldenTensor.Of(logits, logits.Length);
        var tokens = new int[count];
        for (var i = 0; i < count; i++)
        {
            tokens[i] = ModelUnderTest.ArgMax(logits);
            if (i + 1 < count)
                logits = model.Feed(state, [tokens[i]]);
        }

        computed[$"{prompt.Name}.logits.last"] = GoldenTensor.Of(logits, logits.Length);
        computed[$"{prompt.Name}.decode.tokens"] = GoldenTensor.Of(Array.ConvertAll(tokens, token => (long)token), count);
        List<GoldenRow> rows =
        [
            Ids($"{prompt.Name}: generated", tokens, generated),
            SameText($"{prompt.Name}: generated_text", tokenizer.Decode(tokens), request.GetProperty("generated_text").GetString()),
        ];
        return options.Format == ComputeFormat.BF16 ? [.. rows.Select(TensorFolderGoldens.NotJudged)] : rows;
    }

    private static void AddInputs(
        ModelUnderTest model, Checkpoint checkpoint, TextModelOptions options, EndToEndPrompt prompt, Dictionary<string, GoldenTensor> computed)
    {
        var config = checkpoint.Config;
        var grids = prompt.Pictures.Select(picture => picture.Grid).ToList();
        model.Positions = MediaPlacement.Positions(prompt.Ids, config, grids, []);
        computed[$"{prompt.Name}.input_ids"] = GoldenTensor.Of(Array.ConvertAll(prompt.Ids, id => (long)id), prompt.Ids.Length);
        computed[$"{prompt.Name}.mm_token_type_ids"] = GoldenTensor.Of(
            Array.ConvertAll(prompt.Ids, id => id == config.ImageTokenId ? 1L : id == config.VideoTokenId ? 2L : 0L), prompt.Ids.Length);
        computed[$"{prompt.Name}.position_ids"] = MediaGoldens.PositionRows(model.Positions, prompt.Ids.Length);
        computed[$"{prompt.Name}.rope_delta"] = GoldenTensor.Of([model.Positions.Delta], 1);
        if (grids.Count == 0)
            return;

        var patches = prompt.Pictures.SelectMany(picture => picture.Values).ToArray();
        var patchCount = grids.Sum(grid => grid.Patches);
        computed[$"{prompt.Name}.pixel_values"] = GoldenTensor.Of(patches, patchCount, patches.Length / patchCount);
        computed[$"{prompt.Name}.image_grid_thw"] = GoldenTensor.Of([.. grids.SelectMany(grid => new long[] { grid.T, grid.H, grid.W })], grids.Count, 3);
        using var tower = VisionTower.Load(checkpoint, new VisionTowerOptions { Kernels = options.Kernels });
        model.Media = MediaPlacement.Embeddings(prompt.Ids, config, tower.Embed(patches, grids), []);
    }

    private static GoldenRow Compare(string name, GoldenTensor golden, Dictionary<string, GoldenTensor> computed)
    {
        if (!computed.TryGetValue(name, out var found))
            return new GoldenRow(name, GoldenVerdict.NotCompared, "not compared", Note: "nothing here computes a tensor of this name");
        if (golden.Integers is not null)
            return GoldenComparison.Exact(name, golden, found);
        if (name.EndsWith(".pixel_values", StringComparison.Ordinal))
            return GoldenComparison.Absolute(name, golden, found, 1e-6);
        return GoldenComparison.Absolute(name, golden, found, 2e-3);
    }

    private static GoldenRow Ids(string name, int[] found, JsonElement needed)
    {
        var ids = needed.EnumerateArray().Select(id => id.GetInt32()).ToArray();
        var same = found.AsSpan().CommonPrefixLength(ids);
        return same == ids.Length && same == found.Length
            ? new GoldenRow(name, GoldenVerdict.Passed, "ids", 0)
            : new GoldenRow(name, GoldenVerdict.Failed, "ids", Note: string.Create(
                CultureInfo.InvariantCulture, $"differs from index {same} on: {found.Length} ids found, {ids.Length} needed"));
    }

    private static GoldenRow SameText(string name, string found, string? needed) => found == needed
        ? new GoldenRow(name, GoldenVerdict.Passed, "string", 0)
        : new GoldenRow(name, GoldenVerdict.Failed, "string", Note: string.Create(
            CultureInfo.InvariantCulture, $"differs from character {found.AsSpan().CommonPrefixLength(needed)} on"));
}
