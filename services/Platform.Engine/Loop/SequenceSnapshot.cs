namespace Platform.Engine;

/// <summary>A sequence's state at one point: what <see cref="InferenceEngine.ExportAsync"/> takes and <see cref="SequenceRequest.Resume"/> puts back.
/// Immutable. As one hashed blob (<see cref="ToBytes"/>, <see cref="WriteTo"/>) it moves between machines.</summary>
/// <remarks>It holds the prompt and the answer in clear and is to be kept as safely as they are.</remarks>
public sealed class SequenceSnapshot
{
    internal SequenceSnapshot(
        string numericsId, int[] promptTokens, int[] generatedTokens, int cachedLength, ulong seed, int choice, byte[] mediaHash,
        byte[] state, byte[][] pages)
    {
        NumericsId = numericsId;
        PromptTokens = promptTokens;
        GeneratedTokens = generatedTokens;
        CachedLength = cachedLength;
        Seed = seed;
        Choice = choice;
        MediaHash = mediaHash;
        State = state;
        Pages = pages;
    }

    /// <summary>The numerics under which the state was computed; no other engine takes it.</summary>
    public string NumericsId { get; }

    public IReadOnlyList<int> PromptTokens { get; }

    /// <summary>Every token the answer had when it was exported, replayed ones first: the <see cref="SequenceRequest.ReplayTokens"/> of a request
    /// that continues it.</summary>
    public IReadOnlyList<int> GeneratedTokens { get; }

    /// <summary>How many tokens, prompt first, the state covers.</summary>
    public int CachedLength { get; }

    /// <summary>The request's seed; with the choice and the number of tokens the sampler's whole position.</summary>
    public ulong Seed { get; }

    public int Choice { get; }

    /// <summary>Bytes of cache and recurrent state in the blob.</summary>
    public long StateBytes => State.Length + Pages.Sum(page => (long)page.Length);

    /// <summary>SHA-256 of the pictures' embeddings that the prompt's placeholders had; empty without pictures.</summary>
    internal byte[] MediaHash { get; }

    /// <summary>One slot.</summary>
    internal byte[] State { get; }

    /// <summary>The pages in order.</summary>
    internal byte[][] Pages { get; }

    /// <summary>Writes the blob: a header, the tokens, the state, and a SHA-256 over all of it.</summary>
    public void WriteTo(Stream stream) => SnapshotFormat.Write(this, stream);

    /// <summary>The blob in one array; at most 2 GiB.</summary>
    public byte[] ToBytes()
    {
        using var stream = new MemoryStream();
        WriteTo(stream);
        return stream.ToArray();
    }

    /// <summary>Reads a blob and checks its hash.</summary>
    /// <param name="stream">Starts with the blob; read to its end and no further.</param>
    /// <param name="maxBytes">Larger blobs are refused before memory is taken.</param>
    /// <exception cref="SnapshotException">It is no blob of ours, damaged, cut short or too large.</exception>
    public static SequenceSnapshot ReadFrom(Stream stream, long maxBytes) => SnapshotFormat.Read(stream, maxBytes);

    /// <summary>Reads a blob and checks its hash.</summary>
    /// <exception cref="SnapshotException">It is no blob of ours, damaged or cut short.</exception>
    public static SequenceSnapshot FromBytes(byte[] bytes)
    {
        using var stream = new MemoryStream(bytes, writable: false);
        return ReadFrom(stream, bytes.Length);
    }
}
