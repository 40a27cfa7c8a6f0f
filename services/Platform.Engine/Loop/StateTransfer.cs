using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Platform.Engine;

/// <summary>Takes a sequence's pages and slot out as a snapshot, and puts a snapshot back. Engine thread only, but for the check.</summary>
internal sealed class StateTransfer(string numericsId, int headLayers, KvCache cache, StateStore states)
{
    /// <summary>Copies what the sequence holds, which may be nothing yet: then the snapshot covers no token. The bytes are a function of
    /// the sequence alone, not of who had its pages before.</summary>
    public SequenceSnapshot Export(Sequence sequence)
    {
        var covered = sequence.State.Length;
        var pages = new byte[PageAllocator.PagesFor(covered)][];
        for (var i = 0; i < pages.Length; i++)
        {
            pages[i] = new byte[cache.PageBytes];
            cache.ExportPage(sequence.State.Pages[i], pages[i]);
            // Where the draft head did not follow from the start, its layers hold what others left.
            if (sequence.HeadLength != covered)
                pages[i].AsSpan(^(int)(headLayers * cache.Layout.LayerBytes)..).Clear();
        }

        if (covered % PageAllocator.PageLength is var kept and > 0)
            PageTail.Clear(cache.Layout, pages[^1], kept);
        var state = covered == 0 ? [] : new byte[states.SlotBytes];
        if (covered > 0)
            states.Export(sequence.State.Slot, state);
        var request = sequence.Request;
        return new SequenceSnapshot(
            numericsId, request.PromptTokens, sequence.Generated.ToArray(), covered, request.Seed, request.Choice, HashOf(request.Media), state, pages);
    }

    /// <summary>Fills the pages and the slot that the sequence was just given.</summary>
    public void Import(Sequence sequence, SequenceSnapshot snapshot)
    {
        if (snapshot.CachedLength == 0)
            return;
        for (var i = 0; i < snapshot.Pages.Length; i++)
            cache.ImportPage(sequence.State.Pages[i], snapshot.Pages[i]);
        states.Import(sequence.State.Slot, snapshot.State);
        sequence.State.Length = snapshot.CachedLength;
        sequence.HeadLength = snapshot.CachedLength;
        sequence.CachedTokens = Math.Min(snapshot.CachedLength, sequence.PromptLength);
    }

    /// <summary>Refuses a snapshot that is not of this model or not of this request. Any thread.</summary>
    /// <exception cref="SnapshotException">It is of another numerics id or another request.</exception>
    public void Check(SequenceRequest request, SequenceSnapshot snapshot)
    {
        Require(snapshot.NumericsId == numericsId,
            $"The state was computed under numerics '{snapshot.NumericsId}' but this engine computes '{numericsId}'. " +
            "Submit without it; the tokens are computed again.");
        Require(snapshot.PromptTokens.SequenceEqual(request.PromptTokens), "The state belongs to another prompt than the request's.");
        Require(snapshot.Seed == request.Seed && snapshot.Choice == request.Choice,
            $"The state was drawn with seed {snapshot.Seed}, choice {snapshot.Choice}; the request has {request.Seed} and {request.Choice}.");
        var known = request.PromptTokens.Length + request.ReplayTokens.Length;
        Require(snapshot.CachedLength < known,
            $"The state covers {snapshot.CachedLength} tokens but the request has only {known}. " +
            $"Replay the tokens generated so far ({snapshot.GeneratedTokens.Count}).");
        var covered = Math.Max(0, snapshot.CachedLength - request.PromptTokens.Length);
        Require(snapshot.GeneratedTokens.Take(covered).SequenceEqual(request.ReplayTokens.Take(covered)),
            "The state covers other generated tokens than the request replays.");
        Require(snapshot.MediaHash.AsSpan().SequenceEqual(HashOf(request.Media)), "The state was computed with other pictures than the request's.");
        Require(snapshot.CachedLength == 0
            || (snapshot.State.Length == states.SlotBytes
                && snapshot.Pages.Length == PageAllocator.PagesFor(snapshot.CachedLength)
                && snapshot.Pages.All(page => page.Length == cache.PageBytes)),
            "The state's pages or slot have other sizes than this model's, though the numerics id is the same.");
    }

    private static byte[] HashOf(MediaEmbeddings? media)
    {
        if (media is null || media.Count == 0)
            return [];
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        for (var i = 0; i < media.Count; i++)
        {
            var index = media.IndexOf(i);
            hash.AppendData(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in index)));
            hash.AppendData(MemoryMarshal.AsBytes(media.Row(index)));
        }

        return hash.GetHashAndReset();
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new SnapshotException(message);
    }
}
