using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Platform.Model;

/// <summary>A safetensors file, its data memory-mapped: only the header is read when it is opened. Reads may come from any thread.</summary>
/// <remarks>
/// Layout: the header's length (8 bytes, little-endian), the header (JSON: name to dtype, shape and data offsets), the data. A header whose
/// tensors overlap, leave holes, reach past the file or do not fit their shape is refused.
/// </remarks>
public sealed class SafetensorsFile : IDisposable
{
    /// <summary>The format's own limit on a header.</summary>
    public const long DefaultMaxHeaderBytes = 100_000_000;

    /// <summary>
    /// Tensors below this are read past the mapping. A page fault reads around itself, which for the hundred thousand small scale tensors of a large
    /// FP8 release would pull many gigabytes from the disk to get a few megabytes.
    /// </summary>
    private const int LeastMappedBytes = 1 << 16;

    private readonly SafeFileHandle _handle;
    private readonly MemoryMappedFile? _mapping;
    private readonly MemoryMappedViewAccessor? _view;

    private SafetensorsFile(string path, SafeFileHandle handle, long length, SafetensorsHeader header)
    {
        Path = path;
        Length = length;
        Tensors = header.Tensors;
        Metadata = header.Metadata;
        _handle = handle;
        if (length > header.DataOffset)
        {
            _mapping = MemoryMappedFile.CreateFromFile(path, FileMode.Open, mapName: null, capacity: 0, MemoryMappedFileAccess.Read);
            _view = _mapping.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        }
    }

    /// <summary>The file, as it was opened.</summary>
    public string Path { get; }

    /// <summary>Bytes of the file.</summary>
    public long Length { get; }

    /// <summary>Every tensor by its name in the file.</summary>
    public IReadOnlyDictionary<string, TensorEntry> Tensors { get; }

    /// <summary>The free text of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>Opens a file and checks its header against its length; no tensor is read.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxHeaderBytes">Longest header accepted; the header is held in memory while it is parsed.</param>
    /// <exception cref="CheckpointException">No such file, no safetensors file, or a header that lies about its data.</exception>
    public static SafetensorsFile Open(string path, long maxHeaderBytes = DefaultMaxHeaderBytes)
    {
        if (!BitConverter.IsLittleEndian)
            throw new PlatformNotSupportedException("Checkpoint files are little-endian and are read without conversion; this machine is big-endian.");
        var name = System.IO.Path.GetFileName(path);
        SafeFileHandle? handle = null;
        try
        {
            handle = File.OpenHandle(path, options: FileOptions.RandomAccess);
            var length = RandomAccess.GetLength(handle);
            var header = SafetensorsHeader.Read(handle, length, name, Math.Min(maxHeaderBytes, DefaultMaxHeaderBytes));
            return new SafetensorsFile(path, handle, length, header);
        }
        catch (Exception error)
        {
            handle?.Dispose();
            if (error is not (IOException or UnauthorizedAccessException))
                throw;
            throw new CheckpointException(
                [new CheckpointProblem(CheckpointProblemKind.File, name, error.Message, "a readable file", "Check the folder and its permissions.")],
                error);
        }
    }

    /// <summary>Where a tensor lies.</summary>
    /// <exception cref="CheckpointException">The file has no tensor of this name.</exception>
    public TensorEntry Entry(string name) =>
        Tensors.TryGetValue(name, out var entry)
            ? entry
            : throw new CheckpointException(new CheckpointProblem(
                CheckpointProblemKind.Missing, name, $"no such tensor in {System.IO.Path.GetFileName(Path)}", "the tensor", "Check the name, or fetch the file again."));

    /// <summary>Copies bytes of a tensor.</summary>
    /// <param name="entry">A tensor of this file.</param>
    /// <param name="byteOffset">First byte, from the tensor's start.</param>
    /// <param name="destination">Filled completely; must not reach past the tensor's end.</param>
    public void Read(TensorEntry entry, long byteOffset, Span<byte> destination)
    {
        CheckRange(entry, byteOffset, destination.Length);
        if (entry.ByteLength >= LeastMappedBytes)
            _view!.SafeMemoryMappedViewHandle.ReadSpan((ulong)(entry.ByteOffset + byteOffset), destination);
        else
            ReadUnmapped(entry.ByteOffset + byteOffset, destination);
    }

    /// <summary>A whole F32, F16 or BF16 tensor, widened; for tensors small enough for one array.</summary>
    /// <exception cref="CheckpointException">No such tensor, or one of another type.</exception>
    public float[] ReadFloats(string name)
    {
        var entry = Entry(name);
        var values = new float[Small(entry)];
        FloatWidening.Read(this, entry, 0, values);
        return values;
    }

    /// <summary>A whole I64 or I32 tensor; for tensors small enough for one array.</summary>
    /// <exception cref="CheckpointException">No such tensor, or one of another type.</exception>
    public long[] ReadLongs(string name)
    {
        var entry = Entry(name);
        var values = new long[Small(entry)];
        switch (entry.Type)
        {
            case TensorType.I64:
                Read(entry, 0, MemoryMarshal.AsBytes(values.AsSpan()));
                return values;
            case TensorType.I32:
                var narrow = new int[values.Length];
                Read(entry, 0, MemoryMarshal.AsBytes(narrow.AsSpan()));
                return Array.ConvertAll(narrow, value => (long)value);
            default:
                throw WrongType(entry, "I64 or I32");
        }
    }

    /// <summary>The raw bytes of a tensor of any type; for tensors small enough for one array.</summary>
    /// <exception cref="CheckpointException">No such tensor.</exception>
    public byte[] ReadBytes(string name)
    {
        var entry = Entry(name);
        var values = new byte[Small(entry) * entry.Type.ElementBytes()];
        Read(entry, 0, values);
        return values;
    }

    /// <summary>Unmaps the file. No read may be under way.</summary>
    public void Dispose()
    {
        _view?.Dispose();
        _mapping?.Dispose();
        _handle.Dispose();
    }

    /// <summary>As <see cref="Read"/>, for a few bytes of a large tensor: reads no more of the disk than they lie on.</summary>
    internal void ReadSample(TensorEntry entry, long byteOffset, Span<byte> destination)
    {
        CheckRange(entry, byteOffset, destination.Length);
        ReadUnmapped(entry.ByteOffset + byteOffset, destination);
    }

    internal static CheckpointException WrongType(TensorEntry entry, string needed) =>
        new(new CheckpointProblem(
            CheckpointProblemKind.Type, entry.Name, entry.Type.HeaderName(), needed, "The tensor is no such kind of data, or the file is of another release."));

    private void CheckRange(TensorEntry entry, long byteOffset, int bytes)
    {
        ArgumentNullException.ThrowIfNull(entry);
        ArgumentOutOfRangeException.ThrowIfNegative(byteOffset);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(byteOffset, entry.ByteLength - bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(entry.ByteOffset, Length - entry.ByteLength, nameof(entry));
    }

    private void ReadUnmapped(long offset, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var count = RandomAccess.Read(_handle, destination, offset);
            if (count == 0)
                throw new EndOfStreamException($"{Path} became shorter while it was open; nothing may write to a checkpoint in use.");
            offset += count;
            destination = destination[count..];
        }
    }

    private static int Small(TensorEntry entry) =>
        entry.ByteLength <= Array.MaxLength
            ? (int)entry.ElementCount
            : throw new CheckpointException(new CheckpointProblem(
                CheckpointProblemKind.Bytes, entry.Name, $"{entry.ByteLength} bytes", $"at most {Array.MaxLength} for one array", "Read the tensor in parts."));
}
