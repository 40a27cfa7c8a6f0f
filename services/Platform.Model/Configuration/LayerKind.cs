namespace Platform.Model;

/// <summary>What mixes tokens in a decoder layer.</summary>
public enum LayerKind
{
    /// <summary>Gated DeltaNet: a state of constant size (<c>linear_attention</c>).</summary>
    LinearAttention,

    /// <summary>Gated softmax attention with a KV cache (<c>full_attention</c>).</summary>
    FullAttention,
}
