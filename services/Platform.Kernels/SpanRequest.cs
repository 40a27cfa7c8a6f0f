using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>One span of one kv head for one block of rows.</summary>
internal unsafe ref struct SpanRequest
{
    public KvLayout Layout;
    public byte* Memory;

    /// <summary>The sequence's pages from the span's first on.</summary>
    public ReadOnlySpan<int> Pages;

    public AttentionBlock Block;
    public int Layer;
    public int KvHead;
    public int Span;
    public int HeadsPerToken;

    /// <summary>Whether the same thread goes on with the next span.</summary>
    public bool Continues;

    public float Scale;

    /// <summary>INT8: the emitted loops, or null for the others.</summary>
    public Int8AttentionCode? Code;

    /// <summary>Rows: token-major, heads inside.</summary>
    public readonly int Rows => Block.Tokens * HeadsPerToken;

    /// <summary>Pages of the span that the block's last row reaches.</summary>
    public readonly int PageCount
    {
        get
        {
            var positions = Math.Min(SpanAttention.SpanPositions, Block.LastPosition + 1 - Span * SpanAttention.SpanPositions);
            return (positions + KvLayout.PagePositions - 1) / KvLayout.PagePositions;
        }
    }

    /// <summary>Positions of the span that a row may see.</summary>
    public readonly int Visible(int row) =>
        Math.Min(SpanAttention.SpanPositions, Block.FirstPosition + row / HeadsPerToken + 1 - Span * SpanAttention.SpanPositions);

    /// <summary>The first row that reaches a page of the span: rows are token-major, so those that reach it are the last ones.</summary>
    public readonly int FirstRowReaching(int page)
    {
        var position = Span * SpanAttention.SpanPositions + page * KvLayout.PagePositions;
        return Math.Max(0, position - Block.FirstPosition) * HeadsPerToken;
    }

    /// <summary>The head's keys in a page of the span.</summary>
    public readonly byte* Keys(int page) => Memory + Layout.KeyOffset(Pages[page], Layer, KvHead);

    /// <summary>The head's values in a page of the span.</summary>
    public readonly byte* Values(int page) => Memory + Layout.ValueOffset(Pages[page], Layer, KvHead);

    /// <summary>Bytes from a page's keys to what is read after them: the next page's, else the span's first values.</summary>
    public readonly long AfterKeys(int page) => (page + 1 < PageCount ? Keys(page + 1) : Values(0)) - Keys(page);

    /// <summary>Bytes from a page's values to what this thread reads after them: the next page's, else the next span's keys, else nothing (0).</summary>
    public readonly long AfterValues(int page)
    {
        if (page + 1 < PageCount)
            return Values(page + 1) - Values(page);
        return Continues ? Keys(page + 1) - Values(page) : 0;
    }
}
