using System.Runtime.InteropServices;

namespace Platform.Kernels;

/// <summary>Asks Linux to back a block with 2 MiB pages. Advice only: where it is refused or unknown, ordinary pages serve.</summary>
internal static unsafe partial class HugePages
{
    private const int AdviseHugePage = 14;

    public static void Advise(byte* start, long bytes)
    {
        if (OperatingSystem.IsLinux())
            _ = MemoryAdvise(start, (nuint)bytes, AdviseHugePage);
    }

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int MemoryAdvise(void* start, nuint bytes, int advice);
}
