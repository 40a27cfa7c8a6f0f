using System.Globalization;

namespace Platform.Engine;

/// <summary>What memory this process may have. Bytes.</summary>
/// <param name="Total">The machine's memory, or its container's limit where that is lower.</param>
/// <param name="Available">What of it is free now or held by caches of files that would make room.</param>
/// <param name="IsContainerLimit">Whether a container's limit is what counts.</param>
public sealed record MachineMemory(long Total, long Available, bool IsContainerLimit)
{
    /// <summary>Reads it from the system.</summary>
    public static MachineMemory Read() => Read("/proc", "/sys/fs/cgroup");

    /// <summary>Reads it from folders laid out like Linux's; what they do not say, the runtime does.</summary>
    internal static MachineMemory Read(string processes, string groups)
    {
        var runtime = GC.GetGCMemoryInfo();
        var total = Meminfo(processes, "MemTotal:") ?? runtime.TotalAvailableMemoryBytes;
        var available = Meminfo(processes, "MemAvailable:") ?? Math.Max(1, runtime.TotalAvailableMemoryBytes - Environment.WorkingSet);
        var limited = false;
        foreach (var group in GroupsOf(processes, groups))
        {
            if (Number(Path.Combine(group, "memory.max")) is not { } limit)
                continue;
            // Files that the group has read count as its memory but make room when it is asked for.
            var used = (Number(Path.Combine(group, "memory.current")) ?? 0) - (Stat(group, "inactive_file") ?? 0) - (Stat(group, "active_file") ?? 0);
            if (limit < total)
                (total, limited) = (limit, true);
            available = Math.Min(available, Math.Max(0, limit - Math.Max(0, used)));
        }

        return new MachineMemory(total, Math.Min(available, total), limited);
    }

    /// <summary>The process's control group and those around it.</summary>
    private static IEnumerable<string> GroupsOf(string processes, string groups)
    {
        var line = Lines(Path.Combine(processes, "self", "cgroup")).FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal));
        var path = line?[3..].Trim('/') ?? "";
        while (true)
        {
            yield return Path.Combine(groups, path);
            if (path.Length == 0)
                yield break;
            path = Path.GetDirectoryName(path) ?? "";
        }
    }

    private static long? Meminfo(string processes, string name) =>
        Lines(Path.Combine(processes, "meminfo")).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            && long.TryParse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture, out var kilobytes)
            ? kilobytes << 10
            : null;

    private static long? Stat(string group, string name) =>
        Lines(Path.Combine(group, "memory.stat")).FirstOrDefault(line => line.StartsWith(name + " ", StringComparison.Ordinal)) is { } line
            && long.TryParse(line[(name.Length + 1)..], CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : null;

    private static long? Number(string path) =>
        Lines(path).FirstOrDefault() is { } line && long.TryParse(line.Trim(), CultureInfo.InvariantCulture, out var bytes) ? bytes : null;

    private static string[] Lines(string path)
    {
        try
        {
            return File.Exists(path) ? File.ReadAllLines(path) : [];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
