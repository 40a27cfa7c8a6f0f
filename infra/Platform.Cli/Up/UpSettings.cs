using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Platform.Engine;

namespace Platform.Cli.Up;

/// <summary>What the person asked <c>platform up</c> for: each option, else its environment variable, else its default.</summary>
/// <param name="Model">The checkpoint's folder; null: the default random one.</param>
/// <param name="Name">The model's name in the API; null: its folder's name.</param>
/// <param name="Port">The API's port.</param>
/// <param name="Data">Where keys and the default checkpoint are kept.</param>
/// <param name="Open">Whether no key is needed.</param>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Compute">f32 or bf16.</param>
/// <param name="Kv">How keys and values are cached: auto, f32, bf16 or int8.</param>
/// <param name="Weights">as-stored, int8 or int4.</param>
/// <param name="Sequences">Sequences that run at once.</param>
/// <param name="DraftTokens">Tokens guessed ahead per step, where the checkpoint has a draft head.</param>
/// <param name="AssumeTemplate">The chat template to take when the checkpoint's own is unknown.</param>
/// <param name="NewKey">Whether to make another key.</param>
/// <param name="AllowFetch">Whether pictures may be fetched from public addresses.</param>
/// <param name="KeepPacked">Whether packed weights are kept on disk for the next start.</param>
internal sealed record UpSettings(
    string? Model,
    string? Name,
    int Port,
    string Data,
    bool Open,
    int Threads,
    string Compute,
    string Kv,
    string Weights,
    int Sequences,
    int DraftTokens,
    string? AssumeTemplate,
    bool NewKey,
    bool AllowFetch,
    bool KeepPacked = true)
{
    /// <summary>Declares the options on a command and returns how to read them.</summary>
    public static Func<ParseResult, UpSettings> Declare(Command command)
    {
        var model = Text("--model", "PLATFORM_MODEL", "A Qwen3.5 checkpoint in Hugging Face layout. Default: a small random one, written at the first start.", null);
        var name = Text("--name", "PLATFORM_NAME", "The model's name in the API. Default: its folder's name.", null);
        var port = Number("--port", "PLATFORM_PORT", "Port of the API; 0 takes any free one.", 8000, 0, 65_535);
        var data = Text("--data", "PLATFORM_DATA", "Where keys and the default checkpoint are kept.", DefaultData());
        var open = Flag("--open", "PLATFORM_OPEN", "No key needed. The API listens on loopback only.");
        var threads = Number("--threads", "PLATFORM_THREADS", "Threads that compute; changes no answer.", Math.Clamp(Environment.ProcessorCount, 1, 64), 1, 64);
        var compute = Choice("--compute", "PLATFORM_COMPUTE", "f32: float32 activations and cache; bf16: both and the weights that --weights leaves in BF16: faster, less exact.", ["f32", "bf16"]);
        var kv = Choice("--kv", "PLATFORM_KV", "How keys and values are cached: auto (as --compute), f32, bf16, or int8 (half of bf16, less exact).", ["auto", "f32", "bf16", "int8"]);
        var weights = Choice(
            "--weights", "PLATFORM_WEIGHTS", "as-stored; int8 or int4: large matrices quantised at load, half or a quarter of BF16's bytes.",
            WeightNames.All);
        var sequences = Number("--sequences", "PLATFORM_SEQUENCES", "Sequences that run at once; more wait.", 16, 1, 4096);
        var drafts = Number("--draft-tokens", "PLATFORM_DRAFT_TOKENS", "Tokens the draft head guesses ahead per step, where it pays; changes no answer. 0: none.", 2, 0, EngineOptions.LargestDraft);
        var template = Text("--assume-template", "PLATFORM_ASSUME_TEMPLATE", "qwen3.5, qwen3.5-small or qwen3.6, for a checkpoint whose own template is unknown.", null);
        var newKey = Flag("--new-key", null, "Make another API key; it is shown once.");
        var fetch = Flag("--allow-fetch", "PLATFORM_ALLOW_FETCH", "Fetch pictures that a request names by a public http(s) address.");
        var noPacked = Flag("--no-packed", "PLATFORM_NO_PACKED", "Keep no packed weights beside the checkpoint (or in the data folder): saves disk, makes each start pack again.");
        foreach (var option in (Option[])[model, name, port, data, open, threads, compute, kv, weights, sequences, drafts, template, newKey, fetch, noPacked])
            command.Add(option);
        return result => new UpSettings(
            result.GetValue(model),
            result.GetValue(name),
            result.GetValue(port),
            result.GetValue(data)!,
            result.GetValue(open),
            result.GetValue(threads),
            result.GetValue(compute)!,
            result.GetValue(kv)!,
            result.GetValue(weights)!,
            result.GetValue(sequences),
            result.GetValue(drafts),
            result.GetValue(template),
            result.GetValue(newKey),
            result.GetValue(fetch),
            !result.GetValue(noPacked));
    }

    public static string DefaultData() =>
        Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify), "platform");

    private static Option<string?> Text(string name, string variable, string description, string? fallback) => new(name)
    {
        Description = $"{description} ({variable})",
        DefaultValueFactory = _ => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? value : fallback,
    };

    /// <summary>One of a few words, the first by default; a variable is held to them as an option is.</summary>
    private static Option<string> Choice(string name, string variable, string description, string[] words)
    {
        string Read(SymbolResult result, string source, string text)
        {
            if (words.Contains(text, StringComparer.Ordinal))
                return text;
            result.AddError($"{source} is '{text}'; it must be {string.Join(" or ", words)}.");
            return words[0];
        }

        return new Option<string>(name)
        {
            Description = $"{description} ({variable})",
            CustomParser = result => Read(result, name, result.Tokens[0].Value),
            DefaultValueFactory = result => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? Read(result, variable, value) : words[0],
        };
    }

    private static Option<int> Number(string name, string variable, string description, int fallback, int least, int most)
    {
        int Read(ArgumentResult result, string source, string text)
        {
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
                return number;
            result.AddError($"{source} is '{text}'; it must be a whole number from {least} to {most}.");
            return fallback;
        }

        return new Option<int>(name)
        {
            Description = $"{description} ({variable})",
            CustomParser = result => Read(result, name, result.Tokens[0].Value),
            DefaultValueFactory = result => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value ? Read(result, variable, value) : fallback,
        };
    }

    private static Option<bool> Flag(string name, string? variable, string description) => new(name)
    {
        Description = variable is null ? description : $"{description} ({variable})",
        DefaultValueFactory = result => variable is not null && Environment.GetEnvironmentVariable(variable) is { Length: > 0 } value && Switch(result, variable, value),
    };

    private static bool Switch(ArgumentResult result, string variable, string text)
    {
        switch (text.ToUpperInvariant())
        {
            case "1" or "TRUE" or "YES":
                return true;
            case "0" or "FALSE" or "NO":
                return false;
            default:
                result.AddError($"{variable} is '{text}'; it must be 1 or 0.");
                return false;
        }
    }
}
