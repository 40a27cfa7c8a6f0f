namespace Platform.Engine;

/// <summary>What a sequence that may be checked later leaves for the check: the fingerprint of each row that a token was drawn from.</summary>
/// <param name="maxTokens">A longer sequence is not checked.</param>
internal sealed class ShadowRecord(int maxTokens)
{
    private readonly List<ulong> _rows = [];

    public IReadOnlyList<ulong> Rows => _rows;

    /// <summary>Whether the sequence is still short enough.</summary>
    public bool IsWhole { get; private set; } = true;

    /// <summary>Keeps the row of the next token.</summary>
    public void Add(ulong row, int tokens)
    {
        IsWhole &= tokens <= maxTokens;
        if (IsWhole)
            _rows.Add(row);
    }
}
