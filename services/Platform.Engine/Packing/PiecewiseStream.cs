using Platform.Kernels;

namespace Platform.Engine;

/// <summary>Appends the payload to a file of packed weights in pieces of one size, and hashes each piece.</summary>
internal sealed class PiecewiseStream
{
    private readonly FileStream _file;
    private readonly byte[] _piece = new byte[PackedHeader.PieceBytes];
    private readonly List<ulong> _hashes = [];
    private int _filled;

    /// <param name="file">Written from <paramref name="start"/> on.</param>
    /// <param name="start">Where the payload begins.</param>
    public PiecewiseStream(FileStream file, long start)
    {
        _file = file;
        _file.Position = start;
        Position = start;
    }

    /// <summary>Offset in the file of the next byte.</summary>
    public long Position { get; private set; }

    /// <summary>The pieces' hashes, complete after <see cref="Finish"/>.</summary>
    public ulong[] Hashes => [.. _hashes];

    /// <summary>Appends zeros up to an offset.</summary>
    public void PadTo(long offset)
    {
        Span<byte> zeros = stackalloc byte[64];
        zeros.Clear();
        while (Position < offset)
            Append(zeros[..(int)Math.Min(zeros.Length, offset - Position)]);
    }

    /// <summary>Appends bytes.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        Position += bytes.Length;
        while (!bytes.IsEmpty)
        {
            var count = Math.Min(bytes.Length, _piece.Length - _filled);
            bytes[..count].CopyTo(_piece.AsSpan(_filled));
            _filled += count;
            bytes = bytes[count..];
            if (_filled == _piece.Length)
                Finish();
        }
    }

    /// <summary>Writes what is left of the last piece.</summary>
    public void Finish()
    {
        if (_filled == 0)
            return;
        var piece = _piece.AsSpan(0, _filled);
        _hashes.Add(PayloadHash.Of(piece));
        _file.Write(piece);
        _filled = 0;
    }
}
