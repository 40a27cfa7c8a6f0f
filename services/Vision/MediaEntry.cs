using Platform.Model.Pictures;

namespace Platform.Vision;

/// <summary>An uploaded medium: its pixels until the embeddings exist, then the embeddings.</summary>
internal sealed class MediaEntry
{
    private readonly SharedComputation<float[]> _embeddings;
    private ResizedMedia? _pixels;

    /// <param name="key">Its key.</param>
    /// <param name="salt">Who may see it.</param>
    /// <param name="pixels">Kept until the embeddings are computed.</param>
    /// <param name="hiddenSize">Width of an embedding.</param>
    /// <param name="encode">Computes the embeddings.</param>
    public MediaEntry(string key, string salt, ResizedMedia pixels, int hiddenSize, Func<ResizedMedia, CancellationToken, Task<float[]>> encode)
    {
        Key = key;
        Salt = salt;
        Rows = pixels.Grid.Tokens(pixels.Settings.MergeSize);
        HiddenSize = hiddenSize;
        Bytes = Math.Max(pixels.Bytes, (long)Rows * hiddenSize * sizeof(float));
        _pixels = pixels;
        _embeddings = new SharedComputation<float[]>(cancellationToken => encode(_pixels!, cancellationToken));
    }

    public string Key { get; }

    public string Salt { get; }

    /// <summary>Embeddings of this medium.</summary>
    public int Rows { get; }

    public int HiddenSize { get; }

    /// <summary>What it counts against the cache: the larger of pixels and embeddings, so that computing them never overruns the budget.</summary>
    public long Bytes { get; }

    /// <summary>[Rows, HiddenSize] flattened; shared, not to be changed.</summary>
    public async Task<float[]> EmbeddingsAsync(CancellationToken cancellationToken)
    {
        var rows = await _embeddings.GetAsync(cancellationToken).ConfigureAwait(false);

        // A caller holds the result, so that no attempt will start again and need the pixels.
        _pixels = null;
        return rows;
    }
}
