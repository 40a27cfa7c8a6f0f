using System.Text.RegularExpressions;

namespace Platform.Cli.Verify;

/// <summary>How the golden tensors of a model folder are compared, by name: the table of the goldens' README.</summary>
internal static partial class TensorFolderRules
{
    private static readonly string[] Inputs =
    [
        "input_ids", "mm_token_type_ids", "pixel_values", "pixel_values_videos", "image_grid_thw", "video_grid_thw",
        "verify.input_ids", "accept.input_ids",
    ];

    private static readonly string[] ExactNames =
    [
        "position_ids", "rope_delta", "decode.tokens", "next_token", "mtp.input_ids", "mtp.positions", "draft.tokens",
        "verify.num_accepted", "accept.num_accepted", "rollback.tokens",
    ];

    private static readonly (Regex Name, double Tolerance)[] AbsoluteNames =
    [
        (InputsEmbeds(), 1e-4),
        (LogitsAndHidden(), 2e-3),
        (RouterLogits(), 2e-3),
        (RecurrentStates(), 2e-4),
        (KeysAndValues(), 1e-3),
        (Dequantised(), 1e-7),
        (RotaryAngles(), 1e-5),
        (VisionStages(), 1e-4),
    ];

    /// <summary>Compares one golden tensor with what was computed, or says why not.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="golden">Reads any golden tensor.</param>
    /// <param name="computed">Everything that was computed, by golden name.</param>
    public static GoldenRow Compare(string name, Func<string, GoldenTensor> golden, IReadOnlyDictionary<string, GoldenTensor> computed)
    {
        if (Inputs.Contains(name))
            return new GoldenRow(name, GoldenVerdict.Input, "input");
        if (name.StartsWith("train.", StringComparison.Ordinal))
            return new GoldenRow(name, GoldenVerdict.Skipped, "skipped", Note: "training rows are for a backend with gradients");
        if (!computed.TryGetValue(name, out var found))
            return new GoldenRow(name, GoldenVerdict.NotCompared, "not compared", Note: "nothing here computes a tensor of this name");
        if (ExactNames.Contains(name))
            return GoldenComparison.Exact(name, golden(name), found);
        if (RouterExperts().IsMatch(name))
            return GoldenComparison.Sets(name, golden(name), found);
        if (RouterWeights().IsMatch(name))
        {
            var experts = name.Replace(".weights", ".experts", StringComparison.Ordinal);
            return GoldenComparison.WeightsById(name, golden(name), golden(experts), found, computed[experts], 5e-4);
        }

        if (ConvStates().IsMatch(name))
            return GoldenComparison.LastColumns(name, golden(name), found, 2e-4);
        foreach (var (pattern, tolerance) in AbsoluteNames)
        {
            if (pattern.IsMatch(name))
                return GoldenComparison.Absolute(name, golden(name), found, tolerance);
        }

        return new GoldenRow(name, GoldenVerdict.NotCompared, "not compared", Note: "no rule of comparison for this name");
    }

    [GeneratedRegex(@"^inputs_embeds$")]
    private static partial Regex InputsEmbeds();

    [GeneratedRegex(@"^(prompt|decode|mtp|draft|verify|accept|rollback)\.(logits|hidden|fc_out|layer_out|hidden\.(layer\d+|final_norm))$")]
    private static partial Regex LogitsAndHidden();

    [GeneratedRegex(@"\.router\.logits(\.layer\d+)?$")]
    private static partial Regex RouterLogits();

    [GeneratedRegex(@"\.router\.experts(\.layer\d+)?$")]
    private static partial Regex RouterExperts();

    [GeneratedRegex(@"\.router\.weights(\.layer\d+)?$")]
    private static partial Regex RouterWeights();

    [GeneratedRegex(@"\.conv_state\.layer\d+$")]
    private static partial Regex ConvStates();

    [GeneratedRegex(@"\.recurrent_state\.layer\d+$")]
    private static partial Regex RecurrentStates();

    [GeneratedRegex(@"\.(key|value)(\.layer\d+)?$")]
    private static partial Regex KeysAndValues();

    [GeneratedRegex(@"^dequant\.")]
    private static partial Regex Dequantised();

    [GeneratedRegex(@"^vision\.(image|video)\.rotary_angles$")]
    private static partial Regex RotaryAngles();

    [GeneratedRegex(@"^vision\.(image|video)\.(patch_embed|pos_embed|hidden\.block\d+|merger_norm|embeds)$")]
    private static partial Regex VisionStages();
}
