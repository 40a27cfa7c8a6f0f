using System.Reflection;

namespace Platform.Model;

/// <summary>A tokenizer that ships with this assembly, for checkpoints of random weights.</summary>
public sealed class BundledVocabulary
{
    private static readonly string[] FileNames = ["tokenizer.json", "tokenizer_config.json", "generation_config.json"];

    private BundledVocabulary(string name)
    {
        Name = name;
    }

    /// <summary>A byte-level BPE of 8,033 ids with the released added tokens and chat format.</summary>
    public static BundledVocabulary Tiny35 { get; } = new("tiny35")
    {
        Rows = 8192,
        EndOfText = 8000,
        ImagePad = 8012,
        VideoPad = 8013,
        VisionStart = 8009,
        VisionEnd = 8010,
    };

    /// <summary>Every bundled vocabulary.</summary>
    public static IReadOnlyList<BundledVocabulary> All { get; } = [Tiny35];

    public string Name { get; }

    /// <summary>Rows of an embedding table for it: the ids, padded.</summary>
    public int Rows { get; private init; }

    private int EndOfText { get; init; }

    private int ImagePad { get; init; }

    private int VideoPad { get; init; }

    private int VisionStart { get; init; }

    private int VisionEnd { get; init; }

    /// <summary>The vocabulary of this name, or null.</summary>
    public static BundledVocabulary? Find(string name) => All.FirstOrDefault(vocabulary => vocabulary.Name == name);

    /// <summary>The same model with this vocabulary's size and token ids.</summary>
    public ModelConfig Apply(ModelConfig config)
    {
        ArgumentNullException.ThrowIfNull(config);
        var applied = config with { Text = config.Text with { VocabSize = Rows, EosTokenIds = [EndOfText] } };
        return config.Vision is null
            ? applied
            : applied with { ImageTokenId = ImagePad, VideoTokenId = VideoPad, VisionStartTokenId = VisionStart, VisionEndTokenId = VisionEnd };
    }

    /// <summary>Writes tokenizer.json, tokenizer_config.json and generation_config.json.</summary>
    public void WriteTo(string directory)
    {
        foreach (var fileName in FileNames)
        {
            using var source = Assembly.GetExecutingAssembly().GetManifestResourceStream($"{Name}/{fileName}")
                ?? throw new InvalidOperationException($"The assembly was built without its resource {Name}/{fileName}.");
            using var target = new FileStream(Path.Combine(directory, fileName), FileMode.Create, FileAccess.Write);
            source.CopyTo(target);
        }
    }
}
