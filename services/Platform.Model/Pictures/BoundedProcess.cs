using System.Diagnostics;
using System.Text;

namespace Platform.Model.Pictures;

/// <summary>Runs a program whose output is read while it runs, and ends it however the reading ends.</summary>
internal static class BoundedProcess
{
    private const int KeptErrorCharacters = 500;

    /// <summary>Runs the program to its end, or until <paramref name="read"/> has what it wants.</summary>
    /// <param name="executable">Full path.</param>
    /// <param name="arguments">Passed as they are; no shell is involved.</param>
    /// <param name="read">Reads standard output; returning true means that the rest of the output is not needed.</param>
    /// <param name="cancellationToken">Ends the program.</param>
    /// <returns>Null on success, else what the program wrote to standard error at its end.</returns>
    public static async Task<string?> RunAsync(
        string executable, IEnumerable<string> arguments, Func<Stream, CancellationToken, Task<bool>> read, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(executable, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"'{executable}' did not start.");
        try
        {
            process.StandardInput.Close();
            var errors = KeepTailAsync(process.StandardError, cancellationToken);
            var enough = await read(process.StandardOutput.BaseStream, cancellationToken).ConfigureAwait(false);
            if (enough)
                return null;
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var text = await errors.ConfigureAwait(false);
            return process.ExitCode == 0 ? null : text;
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static async Task<string> KeepTailAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        var tail = new StringBuilder();
        var buffer = new char[512];
        while (await reader.ReadAsync(buffer, cancellationToken).ConfigureAwait(false) is var read and > 0)
        {
            tail.Append(buffer, 0, read);
            if (tail.Length > KeptErrorCharacters)
                tail.Remove(0, tail.Length - KeptErrorCharacters);
        }

        return tail.ToString().Trim();
    }
}
