namespace Platform.Model;

/// <summary>Shapes small enough for a test, large enough to have every part of a released model.</summary>
internal static class TinyShapes
{
    private const int Hidden = 128;

    public static ModelConfig Dense { get; } = BundledVocabulary.Tiny35.Apply(new ModelConfig
    {
        Architecture = Architecture.DenseCausal,
        Text = Text(layers: 4) with { IntermediateSize = 384 },
        TieWordEmbeddings = true,
    });

    public static ModelConfig Moe { get; } = BundledVocabulary.Tiny35.Apply(new ModelConfig
    {
        Architecture = Architecture.MoeCausal,
        Text = WithExperts(Text(layers: 8)),
    });

    public static ModelConfig MoeWithVision { get; } = BundledVocabulary.Tiny35.Apply(new ModelConfig
    {
        Architecture = Architecture.MoeConditionalGeneration,
        Text = WithExperts(Text(layers: 4)),
        Vision = new VisionConfig { Depth = 2, HiddenSize = 64, NumHeads = 4, IntermediateSize = 128, OutHiddenSize = Hidden },
    });

    private static TextConfig Text(int layers) => new()
    {
        VocabSize = BundledVocabulary.Tiny35.Rows,
        HiddenSize = Hidden,
        NumHiddenLayers = layers,
        NumAttentionHeads = 4,
        NumKeyValueHeads = 2,
        HeadDim = 64,
        LinearNumKeyHeads = 2,
        LinearNumValueHeads = 4,
        LinearKeyHeadDim = 32,
        LinearValueHeadDim = 32,
        Rope = new RopeParameters { MropeSection = [3, 3, 2] },
        LayerTypes = TextConfig.DeriveLayerTypes(layers, interval: 4),
        MtpNumHiddenLayers = 1,
        MaxPositionEmbeddings = 262_144,
    };

    private static TextConfig WithExperts(TextConfig text) => text with
    {
        NumExperts = 16,
        NumExpertsPerTok = 4,
        MoeIntermediateSize = 64,
        SharedExpertIntermediateSize = 64,
    };
}
