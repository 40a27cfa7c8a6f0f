using System.Runtime.InteropServices;

namespace Platform.Kernels.Emitted;

/// <summary>
/// Pages that hold finished machine code: written while writable, then made executable and read-only for good, never both at once.
/// </summary>
internal sealed unsafe partial class ExecutableMemory : SafeHandle
{
    private const int ReadWrite = 0x1 | 0x2;
    private const int ReadExecute = 0x1 | 0x4;
    private const int PrivateAnonymous = 0x02 | 0x20;
    private static readonly nint Failed = -1;

    private readonly nuint _bytes;

    private ExecutableMemory(nint start, nuint bytes)
        : base(Failed, ownsHandle: true)
    {
        _bytes = bytes;
        SetHandle(start);
    }

    /// <summary>Makes pages executable: the system's call, or a test's in its place.</summary>
    /// <returns>Whether the host allowed it.</returns>
    public delegate bool Protection(nint start, nuint bytes);

    public override bool IsInvalid => handle == Failed;

    /// <summary>Where the code starts.</summary>
    public nint Start => handle;

    /// <summary>Places code, or gives null where the host has no pages for it or forbids executing them.</summary>
    public static ExecutableMemory? TryPlace(ReadOnlySpan<byte> code, Protection? protection = null)
    {
        var bytes = ((nuint)code.Length + 4095) / 4096 * 4096;
        var start = Map(0, bytes, ReadWrite, PrivateAnonymous, -1, 0);
        if (start == Failed)
            return null;
        var memory = new ExecutableMemory(start, bytes);
        code.CopyTo(new Span<byte>((void*)start, code.Length));
        if ((protection ?? MakeExecutable)(start, bytes))
            return memory;
        memory.Dispose();
        return null;
    }

    protected override bool ReleaseHandle() => Unmap(handle, _bytes) == 0;

    private static bool MakeExecutable(nint start, nuint bytes) => Protect(start, bytes, ReadExecute) == 0;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Map(nint address, nuint bytes, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nuint bytes, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(nint address, nuint bytes);
}
