namespace Platform.Kernels;

/// <summary>
/// Which rows attend to which pages in a step: the sequences' pages laid flat, and their rows cut into blocks that share the reading of keys
/// and values. Made once per step and used by every attention layer. Reused; allocates only while it still grows.
/// </summary>
public sealed class AttentionPlan
{
    private const int RowsWanted = 24;

    private int[] _pages = new int[4096];
    private int _pageCount;
    private AttentionBlock[] _blocks = new AttentionBlock[16];

    /// <summary>An empty plan.</summary>
    /// <param name="queryHeadsPerKvHead">Query heads that share a kv head.</param>
    public AttentionPlan(int queryHeadsPerKvHead)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(queryHeadsPerKvHead);
        QueryHeadsPerKvHead = queryHeadsPerKvHead;
        TokensPerBlock = Math.Max(1, RowsWanted / queryHeadsPerKvHead);
    }

    internal int QueryHeadsPerKvHead { get; }

    internal int TokensPerBlock { get; }

    /// <summary>Most query vectors in a block.</summary>
    internal int MaxBlockRows => TokensPerBlock * QueryHeadsPerKvHead;

    internal int BlockCount { get; private set; }

    /// <summary>The most 512-position spans that any block reads.</summary>
    internal int MaxSpans { get; private set; }

    /// <summary>The spans of all blocks together: what a kv head reads, in units of 512 positions.</summary>
    public long TotalSpans { get; private set; }

    /// <summary>The most query vectors in any block of this plan.</summary>
    internal int LargestBlockRows { get; private set; }

    internal ReadOnlySpan<int> Pages => _pages.AsSpan(0, _pageCount);

    internal ref readonly AttentionBlock Block(int index) => ref _blocks[index];

    /// <summary>Empties the plan.</summary>
    public void Clear()
    {
        _pageCount = 0;
        BlockCount = 0;
        MaxSpans = 0;
        TotalSpans = 0;
        LargestBlockRows = 0;
    }

    /// <summary>Adds a sequence's rows; row i attends to positions 0 .. firstPosition + i.</summary>
    /// <param name="pages">The sequence's pages; they cover every position its rows attend to.</param>
    /// <param name="firstPosition">Position of the first row.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="firstRow">Where the rows start in the step's matrices.</param>
    public void Add(List<int> pages, int firstPosition, int rows, int firstRow)
    {
        var needed = (firstPosition + rows + KvLayout.PagePositions - 1) / KvLayout.PagePositions;
        if (pages.Count < needed)
        {
            throw new ArgumentException(
                $"The sequence has {pages.Count} pages but {firstPosition + rows} positions need {needed}. Allocate them before the step.",
                nameof(pages));
        }

        var firstPage = _pageCount;
        EnsurePages(needed);
        for (var i = 0; i < needed; i++)
            _pages[_pageCount++] = pages[i];
        for (var start = 0; start < rows; start += TokensPerBlock)
        {
            if (BlockCount == _blocks.Length)
                Array.Resize(ref _blocks, BlockCount * 2);
            var tokens = Math.Min(TokensPerBlock, rows - start);
            var block = new AttentionBlock(firstPage, firstPosition + start, tokens, firstRow + start);
            _blocks[BlockCount++] = block;
            MaxSpans = Math.Max(MaxSpans, block.Spans);
            TotalSpans += block.Spans;
            LargestBlockRows = Math.Max(LargestBlockRows, tokens * QueryHeadsPerKvHead);
        }
    }

    private void EnsurePages(int more)
    {
        if (_pageCount + more > _pages.Length)
            Array.Resize(ref _pages, Math.Max(_pages.Length * 2, _pageCount + more));
    }
}

/// <summary>Consecutive tokens of one sequence that attend together.</summary>
/// <param name="FirstPage">Where the sequence's pages start in the plan.</param>
/// <param name="FirstPosition">Position of the first token.</param>
/// <param name="Tokens">How many.</param>
/// <param name="FirstRow">Row of the first token in the step's matrices.</param>
internal readonly record struct AttentionBlock(int FirstPage, int FirstPosition, int Tokens, int FirstRow)
{
    public int LastPosition => FirstPosition + Tokens - 1;

    public int Spans => LastPosition / SpanAttention.SpanPositions + 1;
}
