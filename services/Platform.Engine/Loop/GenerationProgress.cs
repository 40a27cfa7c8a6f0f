namespace Platform.Engine;

/// <summary>What a <see cref="TokenConstraintRule"/> sees. The spans belong to the engine and are valid during the call only.</summary>
public readonly ref struct GenerationProgress
{
    internal GenerationProgress(ReadOnlySpan<int> prompt, ReadOnlySpan<int> generated, ReadOnlySpan<float> logits)
    {
        Prompt = prompt;
        Generated = generated;
        Logits = logits;
    }

    /// <summary>The prompt's ids.</summary>
    public ReadOnlySpan<int> Prompt { get; }

    /// <summary>The ids generated so far, replayed ones first.</summary>
    public ReadOnlySpan<int> Generated { get; }

    /// <summary>The raw logits of the next token, one per sampleable id.</summary>
    public ReadOnlySpan<float> Logits { get; }
}
