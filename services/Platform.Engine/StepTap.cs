namespace Platform.Engine;

/// <summary>Receives a segment's intermediate values on the engine thread, layer by layer. The spans are valid during the call only.</summary>
public abstract class StepTap
{
    /// <summary>What enters the first layer, [rows, H]: embeddings with media rows in place, or a draft head's fc output.</summary>
    public virtual void Embeddings(int rows, ReadOnlySpan<float> values)
    {
    }

    /// <summary>The residual stream leaving a layer, [rows, H].</summary>
    public virtual void Hidden(int layer, int rows, ReadOnlySpan<float> values)
    {
    }

    /// <summary>The final-normed hidden rows that the segment keeps, [rows, H]: its last ones, or all of them.</summary>
    public virtual void FinalNorm(int rows, ReadOnlySpan<float> values)
    {
    }

    /// <summary>A layer's routing: logits [rows, E], chosen experts and their weights in rank order, both [rows, k].</summary>
    public virtual void Router(int layer, int rows, ReadOnlySpan<float> logits, ReadOnlySpan<int> experts, ReadOnlySpan<float> weights)
    {
    }
}
