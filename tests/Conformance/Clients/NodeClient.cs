using System.Diagnostics;
using System.Text.Json;

namespace Conformance.Clients;

/// <summary>Runs one of the scripts of <c>clients/</c> under Node and reads the JSON it prints.</summary>
internal static class NodeClient
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    public static string Folder { get; } = Path.Combine(Repository.Root, "tests", "Conformance", "clients");

    /// <summary>Skips the calling test when Node or the packages are missing.</summary>
    public static void Require(string package)
    {
        Assert.SkipUnless(
            Installed.Program("node") is not null,
            "This test wants Node 20 or newer on the path (Debian: apt-get install nodejs npm).");
        Assert.SkipUnless(
            Directory.Exists(Path.Combine(Folder, "node_modules", package)),
            $"This test wants the npm package {package}: run `npm install --no-package-lock --ignore-scripts` in tests/Conformance/clients.");
    }

    /// <summary>Runs a script with the server's address, a key, the model and a scenario; returns what it printed.</summary>
    public static async Task<JsonElement> RunAsync(string script, Uri api, string model, string scenario, CancellationToken cancellationToken)
    {
        var output = await RunProcessAsync(
            "node", [Path.Combine(Folder, script), api.ToString().TrimEnd('/'), "sk-test", model, scenario], Folder, null, cancellationToken);
        return JsonDocument.Parse(output).RootElement;
    }

    /// <summary>Runs a program to its end; a non-zero exit fails the test with everything it wrote.</summary>
    public static async Task<string> RunProcessAsync(
        string file, IEnumerable<string> arguments, string folder, IReadOnlyDictionary<string, string>? environment, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            WorkingDirectory = folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>())
            start.Environment[name] = value;

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Limit);
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var errors = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        Assert.True(process.ExitCode == 0, $"{file} ended with {process.ExitCode}.\n{await errors}\n{await output}");
        return await output;
    }
}
