namespace Platform.Engine;

/// <summary>How the next token is drawn from the logits. Immutable; the defaults draw from the model's plain distribution.</summary>
/// <remarks>
/// <para>The steps and their order, per generated token, over the sampleable ids only:</para>
/// <list type="number">
/// <item><see cref="RepetitionPenalty"/> once per distinct token of the prompt and of what was generated: a positive logit is divided by
/// it, a negative one multiplied (as Hugging Face does; the prompt counts).</item>
/// <item><see cref="FrequencyPenalty"/> times the number of occurrences and <see cref="PresencePenalty"/> once are subtracted for each
/// token that was <i>generated</i> (as OpenAI does; the prompt does not count). Replayed tokens count as generated.</item>
/// <item><see cref="LogitBias"/> is added.</item>
/// <item>The constraint's mask removes tokens.</item>
/// <item><see cref="Temperature"/> divides; 0 means greedy: the highest adjusted logit, ties to the lower id, and nothing below applies.</item>
/// <item><see cref="TopK"/>, then <see cref="TopP"/> over what top-k left, then <see cref="MinP"/>: the order of Hugging Face.</item>
/// <item>One token is drawn with noise that is a pure function of (seed, choice, position, token id).</item>
/// </list>
/// <para>Where the share of top-p is reached is known to a millionth: tokens at its edge that lie closer may fall on either side, the same
/// side every time.</para>
/// </remarks>
public sealed record SamplingParameters
{
    /// <summary>The largest number of biased tokens.</summary>
    public const int MaxLogitBiases = 1024;

    // Above Greedy, whose initialiser reads it.
    private static readonly Dictionary<int, float> EmptyBias = [];

    /// <summary>Greedy decoding: temperature 0 and nothing else.</summary>
    public static SamplingParameters Greedy { get; } = new() { Temperature = 0 };

    /// <summary>Below this a temperature counts as 0: dividing by it would overflow.</summary>
    public const float SmallestTemperature = 1e-5f;

    /// <summary>Divides the logits, 0 to 100. 0, and anything below <see cref="SmallestTemperature"/>, is greedy.</summary>
    public float Temperature { get; init; } = 1;

    /// <summary>Keeps the smallest set of most probable tokens whose probability reaches this, in (0, 1]. 1 keeps all.</summary>
    public float TopP { get; init; } = 1;

    /// <summary>Keeps this many most probable tokens; 0 (or -1) keeps all.</summary>
    public int TopK { get; init; }

    /// <summary>Keeps tokens whose probability is at least this share of the most probable one's, in [0, 1].</summary>
    public float MinP { get; init; }

    /// <summary>1 does nothing, above 1 discourages tokens seen in the prompt or the output; in (0, 100].</summary>
    public float RepetitionPenalty { get; init; } = 1;

    /// <summary>Subtracted once from each generated token's logit, -100 to 100 (the API narrows this to -2 to 2).</summary>
    public float PresencePenalty { get; init; }

    /// <summary>Subtracted from a token's logit for each time it was generated, -100 to 100.</summary>
    public float FrequencyPenalty { get; init; }

    /// <summary>Added to the logits of these ids; finite values only. At most <see cref="MaxLogitBiases"/> entries.</summary>
    public IReadOnlyDictionary<int, float> LogitBias { get; init; } = EmptyBias;

    /// <summary>True when nothing but the highest logit decides.</summary>
    public bool IsGreedy => Temperature < SmallestTemperature;

    internal bool UsesPrompt => RepetitionPenalty != 1;

    internal bool UsesCounts => RepetitionPenalty != 1 || PresencePenalty != 0 || FrequencyPenalty != 0;

    /// <summary>Checks every range.</summary>
    /// <exception cref="SequenceRejectedException">A value is out of range or not a number.</exception>
    internal void Validate()
    {
        Require(nameof(Temperature), Temperature, Temperature is >= 0 and <= 100, "from 0 to 100");
        Require(nameof(TopP), TopP, TopP is > 0 and <= 1, "above 0 and at most 1");
        Require(nameof(TopK), TopK, TopK >= -1, "at least 1, or 0 or -1 for no limit");
        Require(nameof(MinP), MinP, MinP is >= 0 and <= 1, "from 0 to 1");
        Require(nameof(RepetitionPenalty), RepetitionPenalty, RepetitionPenalty is > 0 and <= 100, "above 0 and at most 100");
        Require(nameof(PresencePenalty), PresencePenalty, PresencePenalty is >= -100 and <= 100, "from -100 to 100");
        Require(nameof(FrequencyPenalty), FrequencyPenalty, FrequencyPenalty is >= -100 and <= 100, "from -100 to 100");
        Require(nameof(LogitBias), LogitBias.Count, LogitBias.Count <= MaxLogitBiases, $"a map of at most {MaxLogitBiases} entries");
        foreach (var (id, bias) in LogitBias)
            Require($"{nameof(LogitBias)}[{id}]", bias, float.IsFinite(bias) && id >= 0, "a finite number under an id of at least 0");
    }

    private static void Require(string name, float found, bool holds, string rule)
    {
        if (!holds)
            throw new SequenceRejectedException($"{name} is {found}; it must be {rule}.");
    }
}
