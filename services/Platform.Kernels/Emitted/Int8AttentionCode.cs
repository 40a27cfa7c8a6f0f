namespace Platform.Kernels.Emitted;

/// <summary>The emitted inner loops of INT8 attention for one head dimension.</summary>
internal sealed class Int8AttentionCode : IDisposable
{
    private Int8AttentionCode(Int8TileCode scores, Int8TileCode values)
    {
        Scores = scores;
        Values = values;
    }

    /// <summary>Queries and keys; the sums go into the score rows.</summary>
    public Int8TileCode Scores { get; }

    /// <summary>Weights and values; the sums go into rows of 64.</summary>
    public Int8TileCode Values { get; }

    /// <summary>The loops, or null where they may not or cannot be emitted.</summary>
    public static Int8AttentionCode? TryCreate(int headDim)
    {
        const int scoreBytes = SpanAttention.SpanPositions * sizeof(float);
        if (Int8TileCode.TryCreate(Int8SpanAttention.QueryFloats(headDim) * sizeof(float), scoreBytes) is not { } scores)
            return null;
        if (Int8TileCode.TryCreate(scoreBytes, Int8Tile.Columns * sizeof(float)) is { } values)
            return new Int8AttentionCode(scores, values);
        scores.Dispose();
        return null;
    }

    public void Dispose()
    {
        Scores.Dispose();
        Values.Dispose();
    }
}
