namespace Platform.Text.Chat;

/// <summary>The chat templates this renderer reproduces exactly.</summary>
public enum ChatTemplate
{
    /// <summary>Qwen3.5, the base form: thinks unless told not to.</summary>
    Qwen35,

    /// <summary>Qwen3.5 of the small sizes: does not think unless told to.</summary>
    Qwen35Small,

    /// <summary>Qwen3.6: can keep earlier reasoning, writes argument values other than strings as JSON.</summary>
    Qwen36,

    /// <summary>The base form as llama.cpp ships it: no empty think block where a turn has no reasoning.</summary>
    Qwen35LlamaCpp,
}
