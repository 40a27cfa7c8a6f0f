using System.Diagnostics.CodeAnalysis;

namespace Platform.Model;

/// <summary>The shapes of the released models, and tiny ones for tests and demonstrations, as configs without weights.</summary>
/// <remarks>
/// The tiny shapes have every part of the large ones (both layer kinds, grouped heads, a draft head), the released context length, and fit
/// the bundled vocabulary, so that a random checkpoint of one answers requests on any CPU within seconds of being made.
/// </remarks>
public static class ReleasedShapes
{
    private const int ReleasedVocabulary = 248_320;
    private const int ReleasedPositions = 262_144;
    private const int Interval = 4;

    private static readonly Dictionary<string, ModelConfig> Shapes = new(StringComparer.OrdinalIgnoreCase)
    {
        ["0.8b"] = Dense(layers: 24, hidden: 1024, queryHeads: 8, keyHeads: 2, valueHeads: 16, intermediate: 3584, tied: true, SmallTower(1024)),

        // Unconfirmed for 2b: hidden size, heads, feed-forward, tied embeddings and the tower, by the family's pattern.
        ["2b"] = Dense(layers: 24, hidden: 2048, queryHeads: 8, keyHeads: 2, valueHeads: 16, intermediate: 6144, tied: true, MiddleTower(2048)),
        ["4b"] = Dense(layers: 32, hidden: 2560, queryHeads: 16, keyHeads: 4, valueHeads: 32, intermediate: 9216, tied: true, MiddleTower(2560)),

        // Unconfirmed for 9b: the tower.
        ["9b"] = Dense(layers: 32, hidden: 4096, queryHeads: 16, keyHeads: 4, valueHeads: 32, intermediate: 12_288, tied: false, LargeTower(4096)),
        ["27b"] = Dense(layers: 64, hidden: 5120, queryHeads: 24, keyHeads: 4, valueHeads: 48, intermediate: 17_408, tied: false, LargeTower(5120)),
        ["35b-a3b"] = Moe(layers: 40, hidden: 2048, queryHeads: 16, valueHeads: 32, experts: 256, perToken: 8, intermediate: 512),

        // Unconfirmed for 122b-a10b: the tower.
        ["122b-a10b"] = Moe(layers: 48, hidden: 3072, queryHeads: 32, valueHeads: 64, experts: 256, perToken: 8, intermediate: 1024),
        ["397b-a17b"] = Moe(layers: 60, hidden: 4096, queryHeads: 32, valueHeads: 64, experts: 512, perToken: 10, intermediate: 1024),

        ["tiny-dense"] = TinyShapes.Dense,
        ["tiny-moe"] = TinyShapes.Moe,
        ["tiny-moe-vl"] = TinyShapes.MoeWithVision,
    };

    /// <summary>Every name, smallest released model first, the tiny ones last.</summary>
    public static IReadOnlyCollection<string> Names => Shapes.Keys;

    /// <summary>Looks a shape up, in any case.</summary>
    public static bool TryGet(string name, [NotNullWhen(true)] out ModelConfig? config) => Shapes.TryGetValue(name, out config);

    /// <summary>The shape of this name.</summary>
    /// <exception cref="ArgumentException">There is none; the message lists the names.</exception>
    public static ModelConfig Get(string name) =>
        TryGet(name, out var config) ? config : throw new ArgumentException($"'{name}' is no known shape; known are {string.Join(", ", Names)}.");

    /// <summary>The same shape with another number of decoder layers, every fourth one full attention.</summary>
    /// <exception cref="CheckpointException">A number out of range.</exception>
    public static ModelConfig WithLayers(this ModelConfig config, int layers)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(layers, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(layers, ModelConfigRules.MostLayers);
        return config with { Text = config.Text with { NumHiddenLayers = layers, LayerTypes = TextConfig.DeriveLayerTypes(layers, Interval) } };
    }

    private static ModelConfig Dense(int layers, int hidden, int queryHeads, int keyHeads, int valueHeads, int intermediate, bool tied, VisionConfig tower) =>
        Released(Architecture.DenseConditionalGeneration, tied, tower, Text(layers, hidden, queryHeads, keyHeads, valueHeads) with { IntermediateSize = intermediate });

    private static ModelConfig Moe(int layers, int hidden, int queryHeads, int valueHeads, int experts, int perToken, int intermediate) =>
        Released(Architecture.MoeConditionalGeneration, tied: false, LargeTower(hidden), Text(layers, hidden, queryHeads, keyHeads: 2, valueHeads) with
        {
            NumExperts = experts,
            NumExpertsPerTok = perToken,
            MoeIntermediateSize = intermediate,
            SharedExpertIntermediateSize = intermediate,
        });

    private static ModelConfig Released(Architecture architecture, bool tied, VisionConfig tower, TextConfig text) => new()
    {
        Architecture = architecture,
        Text = text,
        Vision = tower,
        TieWordEmbeddings = tied,
        ImageTokenId = 248_056,
        VideoTokenId = 248_057,
        VisionStartTokenId = 248_053,
        VisionEndTokenId = 248_054,
    };

    private static TextConfig Text(int layers, int hidden, int queryHeads, int keyHeads, int valueHeads) => new()
    {
        VocabSize = ReleasedVocabulary,
        HiddenSize = hidden,
        NumHiddenLayers = layers,
        NumAttentionHeads = queryHeads,
        NumKeyValueHeads = keyHeads,
        LinearNumKeyHeads = 16,
        LinearNumValueHeads = valueHeads,
        Rope = new RopeParameters { MropeSection = [11, 11, 10] },
        LayerTypes = TextConfig.DeriveLayerTypes(layers, Interval),
        MtpNumHiddenLayers = 1,
        MaxPositionEmbeddings = ReleasedPositions,
        EosTokenIds = [248_044],
    };

    private static VisionConfig SmallTower(int hidden) => Tower(depth: 12, width: 768, intermediate: 3072, heads: 12, hidden);

    private static VisionConfig MiddleTower(int hidden) => Tower(depth: 24, width: 1024, intermediate: 4096, heads: 16, hidden);

    private static VisionConfig LargeTower(int hidden) => Tower(depth: 27, width: 1152, intermediate: 4304, heads: 16, hidden);

    private static VisionConfig Tower(int depth, int width, int intermediate, int heads, int hidden) => new()
    {
        Depth = depth,
        HiddenSize = width,
        IntermediateSize = intermediate,
        NumHeads = heads,
        OutHiddenSize = hidden,
    };
}
