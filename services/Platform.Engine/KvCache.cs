using Platform.Kernels;

namespace Platform.Engine;

/// <summary>The memory of keys and values in pages of 64 positions. Which page belongs to whom is the page allocator's business.</summary>
public sealed class KvCache : IDisposable
{
    private readonly NativeBuffer _memory;

    /// <summary>Reserves memory for <paramref name="pages"/> pages; it is touched when first written.</summary>
    internal KvCache(KvLayout layout, int pages)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(pages);
        Layout = layout;
        Pages = pages;
        _memory = new NativeBuffer(layout.PageBytes * pages);
    }

    /// <summary>Positions in a page.</summary>
    public const int PagePositions = KvLayout.PagePositions;

    /// <summary>Pages in the cache.</summary>
    public int Pages { get; }

    /// <summary>How a page is laid out.</summary>
    public KvLayout Layout { get; }

    /// <summary>Bytes of one page, all layers.</summary>
    public long PageBytes => Layout.PageBytes;

    internal NativeBuffer Memory => _memory;

    /// <summary>Pages needed for a number of positions.</summary>
    public static int PagesFor(int positions) => (positions + PagePositions - 1) / PagePositions;

    /// <summary>Copies a page: copy on write of a shared, partly filled page.</summary>
    public void CopyPage(int from, int to) => _memory.Copy(from * PageBytes, to * PageBytes, PageBytes);

    /// <summary>Writes a page's bytes to <paramref name="destination"/>, which is <see cref="PageBytes"/> long.</summary>
    public void ExportPage(int page, Span<byte> destination) => PageSpan(page).CopyTo(Exactly(destination));

    /// <summary>Fills a page from bytes that <see cref="ExportPage"/> wrote under the same numerics id.</summary>
    public void ImportPage(int page, ReadOnlySpan<byte> source)
    {
        if (source.Length != PageBytes)
            throw new ArgumentException($"A page is {PageBytes} bytes but {source.Length} were given.", nameof(source));
        source.CopyTo(PageSpan(page));
    }

    /// <summary>Gives the memory back.</summary>
    public void Dispose() => _memory.Dispose();

    private Span<byte> PageSpan(int page)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)page, (uint)Pages, nameof(page));
        return _memory.Span<byte>(page * PageBytes, checked((int)PageBytes));
    }

    private Span<byte> Exactly(Span<byte> span) => span.Length == PageBytes
        ? span
        : throw new ArgumentException($"A page is {PageBytes} bytes but the destination has {span.Length}.", nameof(span));
}
