using System.Text;

namespace Platform.Text;

/// <summary>Encodes text in which no added token is looked for: normalise, cut into pieces, merge each, remember short ones.</summary>
internal sealed class PieceEncoder(TokenizerDefinition definition)
{
    private const int PiecesBetweenChecks = 1 << 12;

    private readonly PieceScanner _scanner = new(definition.Split);

    public PieceCache Cache { get; } = new();

    public void Encode(ReadOnlySpan<char> raw, EncodingWork work, CancellationToken cancellationToken)
    {
        if (raw.IsEmpty)
            return;
        var text = Normalization.Apply(raw);
        for (var start = 0; start < text.Length;)
        {
            if (work.Pieces++ % PiecesBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            var end = _scanner.PieceEnd(text, start);
            EncodePiece(text[start..end], work, cancellationToken);
            start = end;
        }
    }

    public List<string> Split(ReadOnlySpan<char> raw)
    {
        var text = Normalization.Apply(raw);
        var pieces = new List<string>();
        for (var start = 0; start < text.Length;)
        {
            var end = _scanner.PieceEnd(text, start);
            pieces.Add(text[start..end].ToString());
            start = end;
        }
        return pieces;
    }

    private void EncodePiece(ReadOnlySpan<char> piece, EncodingWork work, CancellationToken cancellationToken)
    {
        if (piece.Length > PieceCache.LongestPiece)
        {
            Merge(piece, work, cancellationToken);
            return;
        }
        var hash = PieceCache.Hash(piece);
        if (Cache.TryGet(piece, hash, out var ids))
        {
            work.Ids.AddRange(ids);
            work.CacheHits++;
            return;
        }
        var before = work.Ids.Count;
        Merge(piece, work, cancellationToken);
        Cache.Add(piece, hash, work.Ids.Ids[before..]);
    }

    private void Merge(ReadOnlySpan<char> piece, EncodingWork work, CancellationToken cancellationToken)
    {
        var utf8 = work.Utf8(Encoding.UTF8.GetMaxByteCount(piece.Length));
        var length = Encoding.UTF8.GetBytes(piece, utf8);
        work.MergeSteps += work.Merger.Merge(utf8[..length], definition.SingleByteIds, definition.Merges, work.Ids, cancellationToken);
    }
}
