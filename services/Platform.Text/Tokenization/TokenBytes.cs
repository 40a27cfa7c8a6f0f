namespace Platform.Text;

/// <summary>The bytes of every token, in one block.</summary>
internal sealed class TokenBytes(byte[] block, int[] starts, int[] lengths, int idCount)
{
    /// <summary>The highest id that means something, plus one.</summary>
    public int IdCount { get; } = idCount;

    /// <summary>A token's bytes; empty for an id that means nothing.</summary>
    public ReadOnlySpan<byte> Of(int id) => (uint)id < (uint)IdCount ? block.AsSpan(starts[id], lengths[id]) : default;
}
