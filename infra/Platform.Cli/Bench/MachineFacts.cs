using System.Reflection;
using System.Runtime.InteropServices;

namespace Platform.Cli.Bench;

/// <summary>What a measurement was made on; a number without it means nothing.</summary>
internal static class MachineFacts
{
    /// <summary>The commit this program was built from, or null.</summary>
    public static string? Commit
    {
        get
        {
            var version = typeof(MachineFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
            var plus = version?.IndexOf('+', StringComparison.Ordinal) ?? -1;
            return plus < 0 ? null : version![(plus + 1)..][..Math.Min(12, version.Length - plus - 1)];
        }
    }

    /// <summary>Whether the program was compiled with optimisation.</summary>
    public static bool IsRelease => typeof(MachineFacts).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration == "Release";

    public static string Processor
    {
        get
        {
            var name = FirstLine("/proc/cpuinfo", "model name");
            return name is null ? RuntimeInformation.ProcessArchitecture.ToString() : name[(name.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
        }
    }

    /// <summary>The system's rule for huge pages: always, madvise or never; null where it has none.</summary>
    public static string? HugePages
    {
        get
        {
            const string Path = "/sys/kernel/mm/transparent_hugepage/enabled";
            if (!File.Exists(Path))
                return null;
            var text = File.ReadAllText(Path);
            var start = text.IndexOf('[', StringComparison.Ordinal);
            var end = text.IndexOf(']', StringComparison.Ordinal);
            return start >= 0 && end > start ? text[(start + 1)..end] : null;
        }
    }

    private static string? FirstLine(string path, string start) =>
        File.Exists(path) ? File.ReadLines(path).FirstOrDefault(line => line.StartsWith(start, StringComparison.Ordinal)) : null;
}
