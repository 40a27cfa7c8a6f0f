using Platform.Model;

namespace Platform.Cli.Bench;

/// <summary>The shapes that can be measured: the released ones, and three scaled alike so that their architectures can be compared.</summary>
/// <remarks>
/// a: the dense 0.8B text model. b: a mixture of experts of the same layers. c: b's experts under full attention in every layer, as the
/// models before had, through this engine's own layers: its attention is gated and its experts have a (narrow) shared one beside them.
/// </remarks>
internal static class BenchShapes
{
    private const int ScaledVocabulary = 65_536;
    private const int FullAttentionLayers = 38;

    private static readonly Dictionary<string, ModelConfig> Scaled = new(StringComparer.OrdinalIgnoreCase)
    {
        ["a"] = ReleasedShapes.Get("0.8b").WithoutVision(),
        ["b"] = Experts(Base with { IntermediateSize = 0 }, shared: 256),
        ["c"] = Experts(FullAttention(), shared: 64),
    };

    /// <summary>Every name.</summary>
    public static IEnumerable<string> Names => [.. Scaled.Keys, .. ReleasedShapes.Names];

    private static TextConfig Base => ReleasedShapes.Get("0.8b").Text;

    /// <summary>The shape of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static ModelConfig Get(string name)
    {
        if (Scaled.TryGetValue(name, out var config) || ReleasedShapes.TryGet(name, out config))
            return config;
        throw new ArgumentException($"'{name}' is no known shape; known are {string.Join(", ", Names)}. A checkpoint of your own is named by its folder.");
    }

    private static TextConfig FullAttention() => Base with
    {
        NumHiddenLayers = FullAttentionLayers,
        LayerTypes = [.. Enumerable.Repeat(LayerKind.FullAttention, FullAttentionLayers)],
        NumAttentionHeads = 16,
        NumKeyValueHeads = 4,
        HeadDim = 128,
        IntermediateSize = 0,
        Rope = Base.Rope with { PartialRotaryFactor = 1, MropeSection = [24, 20, 20] },
        MtpNumHiddenLayers = 0,
    };

    private static ModelConfig Experts(TextConfig text, int shared) => new()
    {
        Architecture = Architecture.MoeCausal,
        TieWordEmbeddings = true,
        Text = text with
        {
            VocabSize = ScaledVocabulary,
            NumExperts = 128,
            NumExpertsPerTok = 8,
            MoeIntermediateSize = 256,
            SharedExpertIntermediateSize = shared,
            EosTokenIds = [],
        },
    };
}
