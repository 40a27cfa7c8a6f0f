namespace Platform.Model;

/// <summary>The four published forms of the model: dense or mixture of experts, with a vision tower or text only.</summary>
public enum Architecture
{
    /// <summary>Dense with vision: <c>Qwen3_5ForConditionalGeneration</c>, nested config.</summary>
    DenseConditionalGeneration,

    /// <summary>Mixture of experts with vision: <c>Qwen3_5MoeForConditionalGeneration</c>, nested config.</summary>
    MoeConditionalGeneration,

    /// <summary>Dense, text only: <c>Qwen3_5ForCausalLM</c>, flat config.</summary>
    DenseCausal,

    /// <summary>Mixture of experts, text only: <c>Qwen3_5MoeForCausalLM</c>, flat config.</summary>
    MoeCausal,
}
