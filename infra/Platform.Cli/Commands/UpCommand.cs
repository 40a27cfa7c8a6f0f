using System.CommandLine;
using Platform.Cli.Embedded;
using Platform.Cli.Up;
using Platform.Engine;
using Platform.Gateway.Options;
using Platform.Grains;
using Platform.Model;
using Spectre.Console;

namespace Platform.Cli.Commands;

/// <summary><c>platform up</c>: the whole platform in this process, serving one checkpoint.</summary>
internal static class UpCommand
{
    public static Command Create()
    {
        var command = new Command("up", "Serves a checkpoint: gateway, grains, services and engine in this process.");
        var read = UpSettings.Declare(command);
        command.SetAction((result, cancellationToken) => RunAsync(read(result), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(UpSettings settings, CancellationToken cancellationToken)
    {
        try
        {
            UpChecks.Prepare(settings);
            var folder = settings.Model ?? WriteDefault(settings.Data, cancellationToken);
            var keys = new LocalKeys(settings.Data);
            var freshKey = settings.Open || (keys.Load().Count > 0 && !settings.NewKey) ? null : keys.Mint($"key-{keys.Load().Count + 1}");
            await using var platform = await StartAsync(settings, folder, keys, cancellationToken);
            var model = (await platform.Grains.GetGrain<IModelDirectoryGrain>(0).ListAsync())[0];
            UpBanner.Write(model, platform.Address, settings.Model is null, settings, freshKey, platform.Engine.Kernels);
            await Stopped(cancellationToken);
            Say.Note("Stopping: answers in progress end now.");
            return 0;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            return 0;
        }
        catch (Exception problem) when (IsThePersons(problem))
        {
            Say.Problem(Innermost(problem).Message);
            return 1;
        }
    }

    private static string WriteDefault(string data, CancellationToken cancellationToken)
    {
        if (DefaultCheckpoint.Exists(data))
            return DefaultCheckpoint.Ensure(data, null, cancellationToken);
        return AnsiConsole.Progress().AutoClear(true).Start(context =>
        {
            var task = context.AddTask("Writing a small random checkpoint", maxValue: 1);
            return DefaultCheckpoint.Ensure(data, new Reporter<double>(part => task.Value = part), cancellationToken);
        });
    }

    private static Task<EmbeddedPlatform> StartAsync(UpSettings settings, string folder, LocalKeys keys, CancellationToken cancellationToken)
    {
        var options = new EmbeddedOptions
        {
            ModelDirectory = folder,
            ModelName = settings.Name,
            Port = settings.Port,
            AssumeTemplate = settings.AssumeTemplate,
            Model = new TextModelOptions
            {
                Threads = settings.Threads,
                Format = settings.Compute == "bf16" ? ComputeFormat.BF16 : ComputeFormat.F32,
                Kv = Enum.Parse<KvFormat>(settings.Kv, ignoreCase: true),
                Weights = WeightNames.Parse(settings.Weights),
                Packed = settings.KeepPacked ? PackedWeights.In(folder, settings.Data) : PackedWeights.Off,
            },
            Engine = new EngineOptions { MaxSequences = settings.Sequences, MaxDraftTokens = settings.DraftTokens },
            Gateway = gateway => Configure(gateway, settings, keys),
            ConfigureLogging = UpLog.Configure,
        };
        return LoadDisplay.RunAsync(progress => EmbeddedPlatform.StartAsync(options, progress, cancellationToken));
    }

    private static void Configure(GatewayOptions gateway, UpSettings settings, LocalKeys keys)
    {
        gateway.Open = settings.Open;
        gateway.Fetch.Enabled = settings.AllowFetch;
        foreach (var key in keys.Load())
            gateway.Keys.Add(new ApiKeyOptions { Name = key.Name, Sha256 = key.Sha256 });
        if (Environment.GetEnvironmentVariable("PLATFORM_API_KEY") is { Length: > 0 } chosen && keys.Load().All(key => key.Sha256 != LocalKeys.Hash(chosen)))
            gateway.Keys.Add(new ApiKeyOptions { Name = "PLATFORM_API_KEY", Sha256 = LocalKeys.Hash(chosen) });
    }

    private static async Task Stopped(CancellationToken cancellationToken)
    {
        try
        {
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C or SIGTERM: the reason to go on.
        }
    }

    /// <summary>Mistakes that the person at the terminal can mend; everything else is ours and keeps its stack trace.</summary>
    private static bool IsThePersons(Exception problem) => Innermost(problem) is
        CheckpointException or Text.TokenizerException or Text.Chat.ChatTemplateException or EngineOptionsException or
        TimeoutException or IOException or UnauthorizedAccessException or InvalidDataException or ArgumentException or
        Microsoft.Extensions.Options.OptionsValidationException;

    private static Exception Innermost(Exception problem) => problem is AggregateException or System.Reflection.TargetInvocationException && problem.InnerException is { } inner
        ? Innermost(inner)
        : problem;
}
