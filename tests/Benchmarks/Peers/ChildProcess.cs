using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Benchmarks.Peers;

/// <summary>What a program that ran to its end said and took.</summary>
/// <param name="Command">Program and arguments, without folders.</param>
/// <param name="Output">Both its streams.</param>
/// <param name="Seconds">From start to exit.</param>
/// <param name="PeakBytes">The most memory it had, as last seen before it ended.</param>
internal sealed record ChildProcess(string Command, string Output, double Seconds, long PeakBytes)
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(20);

    /// <summary>Runs a program.</summary>
    /// <exception cref="InvalidOperationException">It failed, or took more than twenty minutes.</exception>
    public static ChildProcess Run(string program, IReadOnlyList<string> arguments)
    {
        var output = new StringBuilder();
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(program, arguments)
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                // Some leave logs where they run.
                WorkingDirectory = Path.GetTempPath(),
            },
        };
        process.OutputDataReceived += Append;
        process.ErrorDataReceived += Append;
        var clock = Stopwatch.StartNew();
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peak = 0L;
        while (!process.WaitForExit(50))
        {
            peak = Math.Max(peak, Peak(process.Id));
            if (clock.Elapsed > Longest)
            {
                process.Kill(entireProcessTree: true);
                throw new InvalidOperationException($"{program} took more than {Longest.TotalMinutes} minutes and was stopped.");
            }
        }

        var seconds = clock.Elapsed.TotalSeconds;
        process.WaitForExit();
        var command = $"{Path.GetFileName(program)} {string.Join(' ', arguments.Select(Path.GetFileName))}";
        var text = output.ToString();
        return process.ExitCode == 0
            ? new ChildProcess(command, text, seconds, peak)
            : throw new InvalidOperationException($"{command} ended with {process.ExitCode}: {text[Math.Max(0, text.Length - 600)..]}");

        void Append(object sender, DataReceivedEventArgs line)
        {
            lock (output)
                output.AppendLine(line.Data);
        }
    }

    private static long Peak(int process)
    {
        const string Field = "VmHWM:";
        try
        {
            var line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(text => text.StartsWith(Field, StringComparison.Ordinal));
            return line is null ? 0 : 1024 * long.Parse(line[Field.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            // It ended between two looks.
            return 0;
        }
    }
}
