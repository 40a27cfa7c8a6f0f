using System.Text.Json;

namespace Platform.Cli.Verify;

/// <summary>Which form of golden data some paths hold, and how it is run.</summary>
/// <param name="Title">What the table is headed with.</param>
/// <param name="Run">Runs it.</param>
/// <param name="Problem">Why the paths are no golden data, or null.</param>
internal sealed record GoldenForm(string Title, Func<IReadOnlyList<GoldenRow>> Run, string? Problem = null)
{
    public static GoldenForm Recognise(IReadOnlyList<string> paths, string? goldenFile, string kernels)
    {
        if (paths.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
            return None($"'{missing}' does not exist.");
        if (goldenFile is not null && !File.Exists(goldenFile))
            return None($"'{goldenFile}' (--golden) does not exist.");
        return paths.Count switch
        {
            2 when File.Exists(paths[0]) && File.Exists(paths[1]) => Tokenizer(paths[0], paths[1]),
            1 when Directory.Exists(paths[0]) => Folder(paths[0], goldenFile, kernels),
            1 => Cases(paths[0]),
            _ => None("Two paths must be TOKENIZER.json and CASES.jsonl."),
        };
    }

    private static GoldenForm Folder(string folder, string? goldenFile, string kernels)
    {
        var title = Path.GetFileName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(folder)));
        bool Has(string file) => File.Exists(Path.Combine(folder, file));

        if (Has("requests.json"))
            return new($"{title} (end to end)", () => EndToEndGoldens.Run(folder, goldenFile, kernels));
        if (Has("golden.json"))
            return new($"{title} (picture preprocessing)", () => ImagePreprocessGoldens.Run(folder));
        if (Has("pictures.json"))
            return new($"{title} (picture decoding)", () => PictureDecodeGoldens.Run(folder));
        if (Has("config.json") && (Has("model.safetensors") || Has("model.safetensors.index.json")))
            return new($"{title}, {kernels} kernels", () => TensorFolderGoldens.Run(folder, goldenFile, kernels));
        if (Has("config.json") && (Has("golden.safetensors") || goldenFile is not null))
            return new($"{title}, {kernels} kernels", () => UnitOpsGoldens.Run(folder, goldenFile, kernels));
        return None($"'{folder}' holds none of the known golden forms: it has no requests.json, golden.json, pictures.json or config.json with tensors.");
    }

    private static GoldenForm Tokenizer(string tokenizerFile, string casesFile) =>
        new($"{Path.GetFileName(casesFile)} against {tokenizerFile}", () => TokenizerGoldens.Run(tokenizerFile, casesFile));

    private static GoldenForm Cases(string file)
    {
        try
        {
            using var first = JsonDocument.Parse(File.ReadLines(file).FirstOrDefault(line => line.Length > 0) ?? "null");
            if (first.RootElement.ValueKind == JsonValueKind.Object)
            {
                if (first.RootElement.TryGetProperty("messages", out _))
                    return new($"{Path.GetFileName(file)} (chat rendering)", () => ChatGoldens.Run(file));
                if (first.RootElement.TryGetProperty("start", out _))
                    return new($"{Path.GetFileName(file)} (output parsing)", () => OutputGoldens.Run(file));
            }
        }
        catch (JsonException)
        {
            // Falls through: said below.
        }

        return None($"'{file}' is neither chat cases (lines with \"messages\") nor output cases (lines with \"start\"); tokenizer cases need TOKENIZER.json first.");
    }

    private static GoldenForm None(string problem) => new("", () => [], problem);
}
