using Platform.Cli.Bench;
using Platform.Engine;

namespace Benchmarks.Peers;

/// <summary>Starts this program anew, which loads the model and computes a first token: the counterpart of another engine's process.</summary>
internal static class OurStart
{
    /// <summary>The name of the benchmark that the new process runs.</summary>
    public const string Name = "first-token";

    private static readonly string[] Passed = ["shape", "data", "threads", "weights", "compute", "kv"];

    /// <summary>What the options say about the model.</summary>
    public static TextModelOptions ModelOptions(NamedArguments options) => BenchFormats.Options(
        options.Number("threads", 2), options.Get("weights", "as-stored"), options.Get("compute", "f32"), options.Get("kv", "auto"));

    /// <summary>Runs a process from start to exit.</summary>
    public static PeerSample Measure(BenchCheckpoint checkpoint, NamedArguments options)
    {
        List<string> arguments = [typeof(OurStart).Assembly.Location, Name];
        foreach (var name in Passed)
        {
            if (name != "shape" && options.Find(name) is { } value)
                arguments.AddRange([$"--{name}", name == "data" ? Path.GetFullPath(value) : value]);
        }

        arguments.AddRange(["--shape", Path.GetFullPath(checkpoint.Folder)]);
        var run = ChildProcess.Run(Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet" ? path : "dotnet", arguments);
        return new PeerSample(run.Seconds, run.PeakBytes, $"{run.Command}: {run.Seconds:0.000} s, peak {run.PeakBytes >> 20} MiB");
    }

    /// <summary>The new process: loads, computes one token, ends.</summary>
    public static void Run(string[] args)
    {
        var options = new NamedArguments(args, Passed);
        var checkpoint = BenchCheckpoint.Ensure(options.Get("shape"), options.Get("data", "."), _ => { }, CancellationToken.None);
        // As the platform starts: the packed weights of an earlier start are mapped. A first round packs and writes them.
        var model = ModelOptions(options) with { Packed = PackedWeights.In(checkpoint.Folder, options.Get("data", ".")) };
        using var loaded = checkpoint.Load(model, withDraftHead: false, _ => { }, CancellationToken.None);
        var pages = KvCache.PagesFor(MeasuredEngine.ShortPrompt + 2) + 2;
        var engine = MeasuredEngine.Real(loaded.Model, 1, pages);
        engine.FirstTokenAsync(MeasuredEngine.ShortPrompt, CancellationToken.None).GetAwaiter().GetResult();
        engine.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
