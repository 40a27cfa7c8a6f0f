using System.IO.MemoryMappedFiles;

namespace Platform.Kernels;

/// <summary>A file in memory, read-only: views of it serve where <see cref="NativeBuffer"/>s do. Pages come from the system's file cache, so
/// several processes share them and a warm one costs no reading.</summary>
/// <remarks>Nothing may shorten the file while it is mapped: replace it by renaming another over it.</remarks>
public sealed unsafe class MappedFile : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private byte* _pointer;

    /// <summary>Maps a whole file.</summary>
    /// <exception cref="IOException">The file is empty or cannot be mapped.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be read.</exception>
    public MappedFile(string path)
    {
        Bytes = new FileInfo(path).Length;
        if (Bytes == 0)
            throw new IOException($"'{path}' is empty.");
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, Bytes, MemoryMappedFileAccess.Read);
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref _pointer);
        HugePages.Advise(_pointer, Bytes);
    }

    /// <summary>Length of the file.</summary>
    public long Bytes { get; }

    /// <summary>Bytes of the file, for reading only.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the file.</exception>
    public ReadOnlySpan<byte> Span(long offset, int count)
    {
        CheckRange(offset, count);
        return new ReadOnlySpan<byte>(_pointer + offset, count);
    }

    /// <summary>A read-only buffer over a part of the file, valid until the file is disposed.</summary>
    /// <param name="offset">First byte; a multiple of 64.</param>
    /// <param name="bytes">Length.</param>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the file, or not aligned.</exception>
    public NativeBuffer View(long offset, long bytes)
    {
        CheckRange(offset, bytes);
        ArgumentOutOfRangeException.ThrowIfNotEqual(offset % NativeBuffer.CacheLine, 0, nameof(offset));
        return new NativeBuffer(_pointer + offset, bytes);
    }

    /// <summary>Unmaps. Views are invalid afterwards.</summary>
    public void Dispose()
    {
        if (_pointer == null)
            return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _pointer = null;
        _view.Dispose();
        _file.Dispose();
    }

    private void CheckRange(long offset, long bytes)
    {
        ObjectDisposedException.ThrowIf(_pointer == null, this);
        if (offset < 0 || bytes < 0 || offset > Bytes - bytes)
            throw new ArgumentOutOfRangeException(nameof(offset), $"{bytes} bytes at {offset} are not inside the file of {Bytes} bytes.");
    }
}
