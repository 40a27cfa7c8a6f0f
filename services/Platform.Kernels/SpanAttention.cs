using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// Attention of a block's query rows to one span of 512 positions of one kv head: per row the largest score m, l = Σ exp(s − m) and
/// Σ exp(s − m)·v. Spans start at absolute multiples of 512, so what a row gets from a span depends on nothing but the row and the span.
/// </summary>
/// <remarks>
/// Scores are <see cref="PanelTile"/> products of query rows and key panels (positions in the lanes, the head dimension in order); the sum over
/// values continues one chain per (row, channel) over the positions in order, and never touches a position past the row's own.
/// </remarks>
internal static unsafe class SpanAttention
{
    public const int SpanPositions = 512;

    public const int PagesPerSpan = SpanPositions / KvLayout.PagePositions;

    // 16 channels: one position of float32 values, or a pair of positions of BF16 ones.
    private const int VectorBytes = 64;

    /// <summary>Computes every row's share of a span. Rows that do not reach the span get m = −∞, l = 0 and zeros.</summary>
    /// <param name="request">What to attend to.</param>
    /// <param name="queries">[rows, <see cref="QueryFloats"/>] as <see cref="PrepareQuery"/> leaves them; token-major, heads inside.</param>
    /// <param name="scores">[rows, 512], scratch.</param>
    /// <param name="shares">[rows, <see cref="ShareFloats"/>]: m, l in the first vector, then the sums.</param>
    public static void Run(in SpanRequest request, float* queries, float* scores, float* shares)
    {
        switch (request.Layout.Storage)
        {
            case KvStorage.F32:
                Run<F32Panels>(request, queries, scores, shares);
                break;
            case KvStorage.BF16:
                Run<Bf16Panels>(request, queries, scores, shares);
                break;
            default:
                Int8SpanAttention.Run(request, queries, scores, shares);
                break;
        }
    }

    /// <summary>Floats of one row's share: a vector for m and l, then the sums padded to a tile.</summary>
    public static int ShareFloats(int headDim) => 16 + (headDim + PanelTile.Columns - 1) / PanelTile.Columns * PanelTile.Columns;

    /// <summary>Floats from one prepared query row to the next.</summary>
    public static int QueryFloats(KvLayout layout) =>
        layout.Storage == KvStorage.Int8 ? Int8SpanAttention.QueryFloats(layout.HeadDim) : layout.HeadDim;

    /// <summary>Writes one query [D] as the format's products take it.</summary>
    public static void PrepareQuery(KvLayout layout, ReadOnlySpan<float> query, float* target)
    {
        if (layout.Storage == KvStorage.Int8)
            Int8SpanAttention.PrepareQuery(query, target);
        else
            query.CopyTo(new Span<float>(target, query.Length));
    }

    /// <summary>total ← total ⊕ share, where ⊕ rescales both to the larger m. Ascending spans, always in that order.</summary>
    public static void Fold(float* total, float* share, int headDim)
    {
        if (share[1] == 0)
            return;
        if (total[1] == 0)
        {
            new ReadOnlySpan<float>(share, 16 + headDim).CopyTo(new Span<float>(total, 16 + headDim));
            return;
        }

        var max = total[0] > share[0] ? total[0] : share[0];
        var oldScale = ElementaryFunctions.Exp(total[0] - max);
        var newScale = ElementaryFunctions.Exp(share[0] - max);
        total[0] = max;
        total[1] = MathF.FusedMultiplyAdd(total[1], oldScale, share[1] * newScale);
        float* sums = total + 16, added = share + 16;
        // Rows are padded to whole tiles, so the last vector may reach past the head.
        for (var d = 0; d < headDim; d += Lanes.Count)
        {
            var rescaled = Vector512.Load(added + d) * Vector512.Create(newScale);
            Vector512.FusedMultiplyAdd(Vector512.Load(sums + d), Vector512.Create(oldScale), rescaled).Store(sums + d);
        }
    }

    private static void Run<TFormat>(in SpanRequest request, float* queries, float* scores, float* shares)
        where TFormat : struct, IPanelFormat
    {
        var pages = request.PageCount;
        for (var page = 0; page < pages; page++)
            PageScores<TFormat>(request, page, queries, scores);
        for (var row = 0; row < request.Rows; row++)
            RowWeights(request, row, scores + (long)row * SpanPositions, shares + (long)row * ShareFloats(request.Layout.HeadDim));
        for (var page = 0; page < pages; page++)
            PageValues<TFormat>(request, page, scores, shares);
    }

    // Every row of the block against every position of the page; what a row may not see is never read.
    private static void PageScores<TFormat>(in SpanRequest request, int page, float* queries, float* scores)
        where TFormat : struct, IPanelFormat
    {
        var first = request.FirstRowReaching(page);
        var layout = request.Layout;
        var panelBytes = (long)layout.KeyPanelElements * layout.ElementBytes;
        var keys = request.Keys(page);
        var tile = new Tile
        {
            Panel0 = keys,
            Panel1 = keys + panelBytes,
            Panel2 = keys + 2 * panelBytes,
            Panel3 = keys + 3 * panelBytes,
            PairStep = TFormat.PairBytes,
            Depth = layout.HeadDim,
            XStride = layout.HeadDim,
            YStride = SpanPositions,
            Mode = TileMode.Store,
        };
        var target = scores + (long)first * SpanPositions + page * KvLayout.PagePositions;
        KvTile.Run<TFormat>(tile, request.AfterKeys(page), queries + (long)first * layout.HeadDim, target, request.Rows - first);
    }

    private static void RowWeights(in SpanRequest request, int row, float* scores, float* share)
    {
        StartShare(request, share);
        var visible = request.Visible(row);
        if (visible <= 0)
            return;
        var span = new Span<float>(scores, visible);
        ElementwiseRows.Scale(span, request.Scale);
        Weigh(span, share);
    }

    /// <summary>A share of nothing: m = −∞, l = 0, sums of zero.</summary>
    public static void StartShare(in SpanRequest request, float* share)
    {
        new Span<float>(share, ShareFloats(request.Layout.HeadDim)).Clear();
        share[0] = float.NegativeInfinity;
    }

    /// <summary>Scores become weights exp(s − m); m and l go into the share.</summary>
    public static void Weigh(Span<float> scores, float* share)
    {
        share[0] = Lanes.Max(scores);
        share[1] = Lanes.ExpAndSum(scores, share[0]);
    }

    private static void PageValues<TFormat>(in SpanRequest request, int page, float* scores, float* shares)
        where TFormat : struct, IPanelFormat
    {
        var first = request.FirstRowReaching(page);
        // The rows' common positions run as tiles; each row's own last ones follow alone, in order. A cut falls between pairs.
        var common = Math.Min(KvLayout.PagePositions, request.Visible(first) - page * KvLayout.PagePositions);
        common -= common & 1;
        ValueProducts<TFormat>(request, page, 0, common, first, request.Rows - first, scores, shares);
        for (var row = first; row < request.Rows; row++)
        {
            var own = Math.Min(KvLayout.PagePositions, request.Visible(row) - page * KvLayout.PagePositions) - common;
            if (own > 0)
                ValueProducts<TFormat>(request, page, common, own, row, 1, scores, shares);
        }
    }

    private static void ValueProducts<TFormat>(
        in SpanRequest request, int page, int start, int count, int firstRow, int rows, float* scores, float* shares)
        where TFormat : struct, IPanelFormat
    {
        if (count == 0 || rows == 0)
            return;
        var layout = request.Layout;
        var shareFloats = ShareFloats(layout.HeadDim);
        var values = request.Values(page) + (long)start * layout.PaddedHeadDim * layout.ElementBytes;
        var x = scores + (long)firstRow * SpanPositions + page * KvLayout.PagePositions + start;
        var y = shares + (long)firstRow * shareFloats + 16;
        var lastVector = layout.PaddedHeadDim / Lanes.Count - 1;
        for (var vector = 0; vector <= lastVector; vector += 4)
        {
            var tile = new Tile
            {
                Panel0 = values + vector * VectorBytes,
                Panel1 = values + Math.Min(vector + 1, lastVector) * VectorBytes,
                Panel2 = values + Math.Min(vector + 2, lastVector) * VectorBytes,
                Panel3 = values + Math.Min(vector + 3, lastVector) * VectorBytes,
                PairStep = 2L * layout.PaddedHeadDim * layout.ElementBytes,
                Depth = count,
                XStride = SpanPositions,
                YStride = shareFloats,
                Mode = TileMode.Continue,
            };
            KvTile.Run<TFormat>(tile, request.AfterValues(page), x, y + vector * Lanes.Count, rows);
        }
    }
}
