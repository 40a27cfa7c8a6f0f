using System.Diagnostics;

namespace Platform.Cli.Bench;

/// <summary>Memory of this process and this machine.</summary>
internal static class Residence
{
    /// <summary>Bytes of this process that are in memory now.</summary>
    public static long Bytes()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    /// <summary>Bytes that may still be taken: what the system or container has, less what is in use.</summary>
    public static long Available()
    {
        var limit = Math.Max(0, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);
        const string Path = "/proc/meminfo";
        if (!File.Exists(Path))
            return limit;
        foreach (var line in File.ReadLines(Path))
        {
            if (line.StartsWith("MemAvailable:", StringComparison.Ordinal)
                && long.TryParse(line.AsSpan("MemAvailable:".Length).Trim().TrimEnd("kB ").Trim(), out var kibibytes))
            {
                return Math.Min(limit, kibibytes * 1024);
            }
        }

        return limit;
    }
}
