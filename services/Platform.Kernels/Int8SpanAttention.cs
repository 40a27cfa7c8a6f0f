using System.Runtime.Intrinsics;

namespace Platform.Kernels;

/// <summary>
/// <see cref="SpanAttention"/> over INT8 keys and values. Scores: exact integer products of 16-bit queries and 8-bit keys, times both
/// scales. Values: page by page, the weights times the positions' value scales become 16-bit codes under one scale per (row, page); exact
/// integer sums of the page times that scale go into the row's sums, pages in order.
/// </summary>
/// <remarks>
/// A code in 16 bits errs by 1.5e-5 of its row's largest value, two orders below what 8 bits cost the keys and values themselves. A position
/// past a row's own gets the weight code 0, and 0 times an integer is 0 whatever lies there; its scale is never read.
/// </remarks>
internal static unsafe class Int8SpanAttention
{
    private const int PairBytes = 2 * Lanes.Count;

    // Weight codes take a page's first 32 words of a score row; their scale follows.
    private const int FactorWord = KvLayout.PagePositions / 2;

    // A prepared query: its scale in the first vector, then the codes.
    private const int CodesStart = 16;

    /// <summary>Floats from one prepared query row to the next.</summary>
    public static int QueryFloats(int headDim) => CodesStart + ((headDim + 1) / 2 + 15) / 16 * 16;

    /// <summary>Writes a query's scale and 16-bit codes.</summary>
    public static void PrepareQuery(ReadOnlySpan<float> query, float* target)
    {
        target[0] = Int8Codes.Scale(query, Int8Codes.RowMax, out var inverse);
        Int8Codes.WritePairs(query, inverse, (int*)(target + CodesStart));
    }

    /// <inheritdoc cref="SpanAttention.Run(in SpanRequest, float*, float*, float*)"/>
    public static void Run(in SpanRequest request, float* queries, float* scores, float* shares)
    {
        var pages = request.PageCount;
        for (var page = 0; page < pages; page++)
            PageScores(request, page, queries, scores);
        for (var row = 0; row < request.Rows; row++)
            RowWeights(request, row, queries, scores + (long)row * SpanAttention.SpanPositions, shares);
        for (var page = 0; page < pages; page++)
            PageValues(request, page, scores, shares);
    }

    private static void PageScores(in SpanRequest request, int page, float* queries, float* scores)
    {
        var first = request.FirstRowReaching(page);
        var layout = request.Layout;
        var keys = request.Keys(page);
        var stride = QueryFloats(layout.HeadDim);
        var tile = new Int8Operands
        {
            Panel0 = keys,
            Panel1 = keys + layout.KeyPanelElements,
            Panel2 = keys + 2L * layout.KeyPanelElements,
            Panel3 = keys + 3L * layout.KeyPanelElements,
            PairStep = PairBytes,
            Pairs = (layout.HeadDim + 1) / 2,
            XStride = stride,
            YStride = SpanAttention.SpanPositions,
            Next = request.AfterKeys(page),
            Code = request.Code?.Scores,
        };
        var target = scores + (long)first * SpanAttention.SpanPositions + page * KvLayout.PagePositions;
        Int8Tile.Run(tile, (int*)(queries + (long)first * stride + CodesStart), target, request.Rows - first);
    }

    private static void RowWeights(in SpanRequest request, int row, float* queries, float* scores, float* shares)
    {
        var layout = request.Layout;
        var share = shares + (long)row * SpanAttention.ShareFloats(layout.HeadDim);
        SpanAttention.StartShare(request, share);
        var visible = request.Visible(row);
        if (visible <= 0)
            return;
        var queryScale = queries[(long)row * QueryFloats(layout.HeadDim)] * request.Scale;
        for (var page = 0; page * KvLayout.PagePositions < visible; page++)
        {
            var scales = (float*)(request.Memory + layout.KeyScaleOffset(request.Pages[page], request.Layer, request.KvHead));
            var start = page * KvLayout.PagePositions;
            ToScores(scores + start, scales, queryScale, Math.Min(KvLayout.PagePositions, visible - start));
        }

        SpanAttention.Weigh(new Span<float>(scores, visible), share);
        for (var page = 0; page * KvLayout.PagePositions < visible; page++)
        {
            var scales = (float*)(request.Memory + layout.ValueScaleOffset(request.Pages[page], request.Layer, request.KvHead));
            var start = page * KvLayout.PagePositions;
            ToCodes(scores + start, scales, Math.Min(KvLayout.PagePositions, visible - start));
        }
    }

    // Integer sums become scores, in place.
    private static void ToScores(float* sums, float* keyScales, float queryScale, int count)
    {
        var factor = Vector512.Create(queryScale);
        var i = 0;
        for (; i + Lanes.Count <= count; i += Lanes.Count)
            (Vector512.ConvertToSingle(Vector512.Load((int*)sums + i)) * (Vector512.Load(keyScales + i) * factor)).Store(sums + i);
        for (; i < count; i++)
            sums[i] = ((int*)sums)[i] * (keyScales[i] * queryScale);
    }

    // A page's weights times the value scales become codes and their scale, in place.
    private static void ToCodes(float* weights, float* valueScales, int count)
    {
        var page = new Span<float>(weights, KvLayout.PagePositions);
        var i = 0;
        for (; i + Lanes.Count <= count; i += Lanes.Count)
            (Vector512.Load(weights + i) * Vector512.Load(valueScales + i)).Store(weights + i);
        for (; i < count; i++)
            weights[i] *= valueScales[i];
        page[count..].Clear();
        var finite = Lanes.Sum(page) * 0f;
        var scale = Int8Codes.Scale(Lanes.Max(page), finite, Int8Codes.RowMax, out var inverse);
        Int8Codes.WritePairs(page, inverse, (int*)weights);
        weights[FactorWord] = scale;
    }

    private static void PageValues(in SpanRequest request, int page, float* scores, float* shares)
    {
        var layout = request.Layout;
        var first = request.FirstRowReaching(page);
        var rows = request.Rows - first;
        var shareFloats = SpanAttention.ShareFloats(layout.HeadDim);
        var reached = Math.Min(KvLayout.PagePositions, request.Visible(request.Rows - 1) - page * KvLayout.PagePositions);
        var values = request.Values(page);
        var codes = scores + (long)first * SpanAttention.SpanPositions + page * KvLayout.PagePositions;
        var sums = shares + (long)first * shareFloats + 16;
        var lastVector = layout.PaddedHeadDim / Lanes.Count - 1;
        for (var vector = 0; vector <= lastVector; vector += 4)
        {
            var tile = new Int8Operands
            {
                Panel0 = values + vector * PairBytes,
                Panel1 = values + Math.Min(vector + 1, lastVector) * PairBytes,
                Panel2 = values + Math.Min(vector + 2, lastVector) * PairBytes,
                Panel3 = values + Math.Min(vector + 3, lastVector) * PairBytes,
                PairStep = 2L * layout.PaddedHeadDim,
                Pairs = (reached + 1) / 2,
                XStride = SpanAttention.SpanPositions,
                YStride = shareFloats,
                Factors = codes + FactorWord,
                Next = request.AfterValues(page),
                Code = request.Code?.Values,
            };
            Int8Tile.Run(tile, (int*)codes, sums + vector * Lanes.Count, rows);
        }
    }
}
