using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Which experts each row chose, and the rows sorted by expert (a counting sort, stable in row and rank). Reused by all layers.</summary>
internal sealed class ExpertOrder(int maxRows, int experts, int perToken)
{
    private readonly int[] _sortedRow = new int[maxRows * perToken];
    private readonly int[] _firstOfExpert = new int[experts + 1];
    private readonly int[] _cursor = new int[experts];

    public int Experts { get; } = experts;

    public int PerToken { get; } = perToken;

    /// <summary>[rows, k] chosen experts in rank order.</summary>
    public int[] Chosen { get; } = new int[maxRows * perToken];

    /// <summary>[rows, k] their weights.</summary>
    public float[] Weights { get; } = new float[maxRows * perToken];

    /// <summary>Chooses one row's experts; rows may be chosen in parallel.</summary>
    public void Choose(int row, ReadOnlySpan<float> logits) =>
        TopK.Choose(logits, Chosen.AsSpan(row * PerToken, PerToken), Weights.AsSpan(row * PerToken, PerToken));

    /// <summary>Sorts the (row, rank) pairs by expert.</summary>
    public void Sort(int rows)
    {
        Array.Clear(_cursor);
        for (var i = 0; i < rows * PerToken; i++)
            _cursor[Chosen[i]]++;
        for (var e = 0; e < Experts; e++)
        {
            _firstOfExpert[e + 1] = _firstOfExpert[e] + _cursor[e];
            _cursor[e] = _firstOfExpert[e];
        }

        for (var i = 0; i < rows * PerToken; i++)
            _sortedRow[i] = _cursor[Chosen[i]]++;
    }

    /// <summary>Where a (row, rank) pair stands in the sorted order.</summary>
    public int SortedRow(int row, int rank) => _sortedRow[row * PerToken + rank];

    public float Weight(int row, int rank) => Weights[row * PerToken + rank];

    /// <summary>The sorted rows of an expert.</summary>
    public (int First, int Count) RowsOf(int expert) => (_firstOfExpert[expert], _firstOfExpert[expert + 1] - _firstOfExpert[expert]);
}
