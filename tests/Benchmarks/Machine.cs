using System.Reflection;
using System.Runtime.InteropServices;

namespace Benchmarks;

/// <summary>Says what a measurement was made on; a number without it means nothing.</summary>
internal static class Machine
{
    public static void Print()
    {
        var build = typeof(Machine).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration;
        var commit = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        Console.WriteLine($"{ProcessorName()}, {Environment.ProcessorCount} logical processors, {RuntimeInformation.FrameworkDescription}, {build}, {commit}");
        if (build != "Release")
            Console.WriteLine("This is not a Release build: add -c Release for numbers that count.");
        Console.WriteLine();
    }

    private static string ProcessorName()
    {
        const string Path = "/proc/cpuinfo";
        var line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line is null ? RuntimeInformation.ProcessArchitecture.ToString() : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }
}
