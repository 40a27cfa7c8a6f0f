using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Platform.Kernels;

/// <summary>
/// Zero-filled native memory with one owner, aligned to 64 bytes (2 MiB when it is at least 4 MiB, so that the system can back it
/// with huge pages: streaming weights is about 15 % faster from them).
/// </summary>
/// <remarks>Pages are touched when first written, so reserving a large cache costs address space, not memory.</remarks>
public sealed unsafe class NativeBuffer : IDisposable
{
    /// <summary>Every buffer starts at a multiple of this.</summary>
    internal const int CacheLine = 64;

    private const long HugePage = 2 << 20;

    private void* _block;

    /// <summary>Reserves <paramref name="bytes"/> bytes, all zero.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    /// <exception cref="OutOfMemoryException">The system has no such block.</exception>
    public NativeBuffer(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        var alignment = bytes >= 2 * HugePage ? HugePage : CacheLine;
        // Kernels may read one vector past the last element of a row; the slack keeps that inside the block.
        _block = NativeMemory.AllocZeroed((nuint)(bytes + alignment + CacheLine * 4));
        Pointer = (byte*)(((nint)_block + alignment - 1) / alignment * alignment);
        Bytes = bytes;
        if (alignment == HugePage)
            HugePages.Advise(Pointer, bytes);
    }

    /// <summary>A read-only buffer over memory that another object owns.</summary>
    internal NativeBuffer(byte* borrowed, long bytes)
    {
        Pointer = borrowed;
        Bytes = bytes;
        IsReadOnly = true;
        GC.SuppressFinalize(this);
    }

    ~NativeBuffer() => Free();

    /// <summary>Whether the memory is a mapped file's: a write would end the process.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The usable size in bytes.</summary>
    public long Bytes { get; }

    internal byte* Pointer { get; private set; }

    /// <summary>A view of <paramref name="count"/> elements starting <paramref name="byteOffset"/> bytes in. Valid until disposal.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The range is not inside the buffer.</exception>
    public Span<T> Span<T>(long byteOffset, int count)
        where T : unmanaged
    {
        ObjectDisposedException.ThrowIf(Pointer == null, this);
        if (byteOffset < 0 || count < 0 || byteOffset + (long)count * sizeof(T) > Bytes)
        {
            throw new ArgumentOutOfRangeException(
                nameof(byteOffset), $"{count} elements of {sizeof(T)} bytes at {byteOffset} are not inside the buffer of {Bytes} bytes.");
        }

        return new Span<T>(Pointer + byteOffset, count);
    }

    /// <summary>Copies bytes inside the buffer; the ranges may be longer than a span.</summary>
    public void Copy(long fromByte, long toByte, long bytes)
    {
        CheckRange(fromByte, bytes);
        CheckRange(toByte, bytes);
        Buffer.MemoryCopy(Pointer + fromByte, Pointer + toByte, bytes, bytes);
    }

    /// <summary>Fills a range with zero bytes.</summary>
    public void Clear(long fromByte, long bytes)
    {
        CheckRange(fromByte, bytes);
        NativeMemory.Clear(Pointer + fromByte, (nuint)bytes);
    }

    /// <summary>A matrix view over the buffer's floats.</summary>
    /// <param name="floatOffset">Where row 0 starts, in floats.</param>
    /// <param name="count">Rows.</param>
    /// <param name="width">Floats in a row.</param>
    /// <param name="stride">Floats from one row's start to the next's, at least <paramref name="width"/>.</param>
    public FloatRows Rows(long floatOffset, int count, int width, int stride)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(width);
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfLessThan(stride, width);
        if (count > 0)
            CheckRange(floatOffset * sizeof(float), ((long)(count - 1) * stride + width) * sizeof(float));
        return new FloatRows((float*)Pointer + floatOffset, count, width, stride);
    }

    /// <summary>Gives the memory back. Views taken before are invalid afterwards.</summary>
    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void CheckRange(long fromByte, long bytes)
    {
        ObjectDisposedException.ThrowIf(Pointer == null, this);
        if (fromByte < 0 || bytes < 0 || fromByte + bytes > Bytes)
            throw new ArgumentOutOfRangeException(nameof(fromByte), $"{bytes} bytes at {fromByte} are not inside the buffer of {Bytes} bytes.");
    }

    private void Free()
    {
        NativeMemory.Free(_block);
        _block = null;
        Pointer = null;
    }
}
