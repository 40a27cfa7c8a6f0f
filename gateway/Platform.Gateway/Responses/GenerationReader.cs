using System.Globalization;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Options;
using Platform.Grains;

namespace Platform.Gateway.Responses;

/// <summary>Reads what chat and plain completions have in common. The ranges here are the API's; the grain trusts them.</summary>
internal static class GenerationReader
{
    private const int MaxStopTokenIds = 256;
    private const int MaxLogitBias = 4096;

    // What JavaScript's numbers hold exactly, so that a reported seed survives the way through any client.
    private const long MaxDrawnSeed = (1L << 53) - 1;

    public static GenerationSettings Read(FieldReader fields, ServedModel model, GatewayOptions options)
    {
        // Clients use these to talk to other servers; they change nothing here.
        fields.Accept("user", "metadata", "service_tier", "safety_identifier", "prompt_cache_key", "prompt_cache_retention");
        return new GenerationSettings
        {
            Sampling = ReadSampling(fields, model),
            MaxTokens = ReadMaxTokens(fields),
            Choices = (int)(fields.Integer("n", 1, options.MaxChoices) ?? 1),
            Stop = ReadStop(fields, options),
            StopTokenIds = fields.Integers("stop_token_ids", 0, model.IdCount - 1, MaxStopTokenIds, "") ?? [],
            IgnoreEos = fields.Boolean("ignore_eos") ?? false,
            Stream = fields.Boolean("stream") ?? false,
            IncludeUsage = ReadIncludeUsage(fields),
        };
    }

    private static SamplingSettings ReadSampling(FieldReader fields, ServedModel model)
    {
        var defaults = model.Defaults;
        return new SamplingSettings
        {
            Temperature = (float)(fields.Number("temperature", 0, 2) ?? defaults.Temperature),
            TopP = (float)(fields.Number("top_p", 0, 1, aboveMin: true) ?? defaults.TopP),
            TopK = Math.Max(0, (int)(fields.Integer("top_k", -1, int.MaxValue) ?? defaults.TopK)),
            MinP = (float)(fields.Number("min_p", 0, 1) ?? defaults.MinP),
            RepetitionPenalty = (float)(fields.Number("repetition_penalty", 0, 10, aboveMin: true) ?? defaults.RepetitionPenalty),
            PresencePenalty = (float)(fields.Number("presence_penalty", -2, 2) ?? defaults.PresencePenalty),
            FrequencyPenalty = (float)(fields.Number("frequency_penalty", -2, 2) ?? 0),
            LogitBias = ReadLogitBias(fields, model),
            Seed = ReadSeed(fields),
        };
    }

    private static ulong ReadSeed(FieldReader fields)
    {
        if (fields.Find("seed") is not { } value)
            return (ulong)Random.Shared.NextInt64(MaxDrawnSeed + 1);
        if (value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out var large))
            return large;
        return FieldReader.TryWhole(value, out var seed)
            ? unchecked((ulong)seed)
            : throw fields.Wrong("seed", value, "a whole number of 64 bits");
    }

    // max_completion_tokens is the newer name and wins.
    private static int? ReadMaxTokens(FieldReader fields)
    {
        var older = fields.Integer("max_tokens", 1, int.MaxValue);
        return (int?)(fields.Integer("max_completion_tokens", 1, int.MaxValue) ?? older);
    }

    private static List<string> ReadStop(FieldReader fields, GatewayOptions options)
    {
        if (fields.Find("stop") is not { } value)
            return [];
        if (value.ValueKind == JsonValueKind.String)
            return [StopString(fields, "stop", value, options)];
        if (value.ValueKind != JsonValueKind.Array)
            throw fields.Wrong("stop", value, "a string or an array of strings");
        var strings = fields.Array("stop", options.MaxStopStrings, "Gateway:MaxStopStrings")!.Value;
        return [.. strings.EnumerateArray().Select((item, at) => StopString(fields, $"stop[{at.ToString(CultureInfo.InvariantCulture)}]", item, options))];
    }

    private static string StopString(FieldReader fields, string name, JsonElement value, GatewayOptions options)
    {
        if (value.ValueKind != JsonValueKind.String || value.GetString() is not { Length: > 0 } text || text.Length > options.MaxStopLength)
            throw fields.Wrong(name, value, string.Create(CultureInfo.InvariantCulture, $"a string of 1 to {options.MaxStopLength} characters"));
        return text;
    }

    private static Dictionary<int, float> ReadLogitBias(FieldReader fields, ServedModel model)
    {
        var biases = new Dictionary<int, float>();
        if (fields.Find("logit_bias") is not { } value)
            return biases;
        if (value.ValueKind != JsonValueKind.Object)
            throw fields.Wrong("logit_bias", value, "an object from token id to a number from -100 to 100");
        foreach (var entry in value.EnumerateObject())
        {
            var name = $"logit_bias.{JsonWords.Shorten(entry.Name)}";
            if (!int.TryParse(entry.Name, NumberStyles.None, CultureInfo.InvariantCulture, out var id) || id >= model.IdCount)
            {
                throw ApiException.Invalid(
                    $"'{name}' is no token id of '{model.Name}': ids are whole numbers from 0 to " +
                    $"{(model.IdCount - 1).ToString(CultureInfo.InvariantCulture)}. POST /tokenize tells the ids of a text.",
                    "logit_bias");
            }

            if (entry.Value.ValueKind != JsonValueKind.Number || !entry.Value.TryGetDouble(out var bias) || !(Math.Abs(bias) <= 100))
                throw fields.Wrong(name, entry.Value, "a number from -100 to 100");
            biases[id] = (float)bias;
            if (biases.Count > MaxLogitBias)
                throw ApiException.Invalid($"'logit_bias' has more than {MaxLogitBias} entries. Send fewer.", "logit_bias");
        }

        return biases;
    }

    private static bool ReadIncludeUsage(FieldReader fields)
    {
        if (fields.Object("stream_options") is not { } options)
            return false;
        options.Accept("include_obfuscation");
        var include = options.Boolean("include_usage") ?? false;
        options.WarnOfUnread();
        return include;
    }
}
