using System.Reflection;
using System.Runtime.InteropServices;
using Platform.Cli.Bench;

namespace Benchmarks;

/// <summary>Says what a measurement was made on; a number without it means nothing.</summary>
internal static class Machine
{
    public static void Print()
    {
        var build = typeof(Machine).Assembly.GetCustomAttribute<AssemblyConfigurationAttribute>()?.Configuration;
        var commit = typeof(Machine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion;
        Console.WriteLine($"{MachineFacts.Processor}, {Environment.ProcessorCount} logical processors, {RuntimeInformation.FrameworkDescription}, {build}, {commit}");
        if (build != "Release")
            Console.WriteLine("This is not a Release build: add -c Release for numbers that count.");
        Console.WriteLine();
    }
}
