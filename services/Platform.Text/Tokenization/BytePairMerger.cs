namespace Platform.Text;

/// <summary>
/// Merges the bytes of one piece: the pair of lowest rank first, the leftmost of equals. Short pieces look for it by walking, long ones keep a
/// queue, so that a piece of n bytes costs n log n however hostile it is. One per thread; its storage is used again.
/// </summary>
internal sealed class BytePairMerger
{
    private const int LongestWalkedPiece = 24;
    private const int None = -1;
    private const int BatchesBetweenChecks = 64;

    private readonly MergeQueue _queue = new();
    private Symbol[] _symbols = new Symbol[256];

    /// <param name="bytes">The piece, not empty.</param>
    /// <param name="byteIds">The id of each single byte.</param>
    /// <param name="merges">The merges.</param>
    /// <param name="output">Takes the ids.</param>
    /// <param name="cancellationToken">Looked at now and then in long pieces.</param>
    /// <returns>Steps that the queue took: the work that a long piece was.</returns>
    public long Merge(ReadOnlySpan<byte> bytes, int[] byteIds, MergeTable merges, IdBuffer output, CancellationToken cancellationToken)
    {
        Fill(bytes, byteIds, merges);
        if (bytes.Length <= LongestWalkedPiece)
            MergeByWalking(merges);
        else
            MergeByQueue(bytes.Length, merges, cancellationToken);
        for (var position = 0; position != None; position = _symbols[position].Next)
            output.Add(_symbols[position].Id);
        return bytes.Length <= LongestWalkedPiece ? 0 : _queue.Steps;
    }

    /// <summary>Gives memory back that one long piece needed.</summary>
    public void Trim(int capacity)
    {
        _queue.Trim(capacity);
        if (_symbols.Length > capacity)
            _symbols = new Symbol[256];
    }

    private void Fill(ReadOnlySpan<byte> bytes, int[] byteIds, MergeTable merges)
    {
        if (_symbols.Length < bytes.Length)
            _symbols = new Symbol[Math.Max(bytes.Length, _symbols.Length * 2)];
        var symbols = _symbols.AsSpan(0, bytes.Length);
        for (var index = 0; index < symbols.Length; index++)
        {
            symbols[index].Id = byteIds[bytes[index]];
            symbols[index].Previous = index - 1;
            symbols[index].Next = index + 1;
        }
        symbols[^1].Next = None;
        for (var index = 0; index < symbols.Length; index++)
            Rank(ref symbols[index], merges);
    }

    private void MergeByWalking(MergeTable merges)
    {
        while (true)
        {
            var lowest = int.MaxValue;
            var best = None;
            for (var position = 0; position != None; position = _symbols[position].Next)
            {
                if (_symbols[position].Rank < lowest)
                    (lowest, best) = (_symbols[position].Rank, position);
            }
            if (best == None)
                return;
            MergeAt(best, merges);
        }
    }

    private void MergeByQueue(int length, MergeTable merges, CancellationToken cancellationToken)
    {
        _queue.Clear(merges.RankCount, length);
        for (var position = 0; position < length; position++)
            QueueIfMergeable(position);
        for (var batch = 0; _queue.TryTake(out var rank, out var positions); batch++)
        {
            if (batch % BatchesBetweenChecks == 0)
                cancellationToken.ThrowIfCancellationRequested();
            MergeBatch(rank, positions, merges);
        }
    }

    private void MergeBatch(int rank, ReadOnlySpan<int> positions, MergeTable merges)
    {
        for (var index = 0; index < positions.Length; index++)
        {
            var position = positions[index];
            if (_symbols[position].Rank != rank)
                continue;   // stale: the pair at this position has changed since
            MergeAt(position, merges);
            QueueIfMergeable(position);
            if (_symbols[position].Previous != None)
                QueueIfMergeable(_symbols[position].Previous);
            if (_queue.HasBelow(rank))
            {
                // Only where several merges make one token: a lower rank came up, which goes first.
                foreach (var later in positions[(index + 1)..])
                    _queue.Add(rank, later);
                return;
            }
        }
    }

    private void QueueIfMergeable(int position)
    {
        if (_symbols[position].Rank != int.MaxValue)
            _queue.Add(_symbols[position].Rank, position);
    }

    private void MergeAt(int position, MergeTable merges)
    {
        ref var symbol = ref _symbols[position];
        ref var absorbed = ref _symbols[symbol.Next];
        symbol.Id = merges.Merged(symbol.Rank);
        symbol.Next = absorbed.Next;
        absorbed.Rank = int.MaxValue;
        if (symbol.Next != None)
            _symbols[symbol.Next].Previous = position;
        Rank(ref symbol, merges);
        if (symbol.Previous != None)
            Rank(ref _symbols[symbol.Previous], merges);
    }

    private void Rank(ref Symbol symbol, MergeTable merges) =>
        symbol.Rank = symbol.Next == None ? int.MaxValue : merges.Rank(symbol.Id, _symbols[symbol.Next].Id);

    /// <summary>A token of the piece so far, in a doubly linked list, with the rank of the pair that it begins. 16 bytes, so that none lies across cache lines.</summary>
    private struct Symbol
    {
        public int Id;
        public int Previous;
        public int Next;
        public int Rank;
    }
}
