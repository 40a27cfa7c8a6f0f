using Platform.Cli.Up;
using Spectre.Console;

namespace Platform.Cli.Bench;

/// <summary>One run of <c>platform bench</c>: measures what was asked for and writes the reports.</summary>
internal sealed class BenchRun(BenchPlan plan, string shape, string dataFolder, BenchOutputs outputs)
{
    /// <summary>Runs it.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        if (!MachineFacts.IsRelease)
            Say.Note("This is not a Release build: its numbers are too low.");
        if ((plan.Sections & BenchSections.Engine) != 0)
            await EngineAsync(cancellationToken);
        if (plan.Sections.HasFlag(BenchSections.Hybrid))
            await HybridAsync(cancellationToken);
        if (plan.Sections.HasFlag(BenchSections.Serving))
            await OverheadReport.WriteAsync(DefaultCheckpoint.Ensure(dataFolder, null, cancellationToken), plan, cancellationToken);
    }

    private async Task EngineAsync(CancellationToken cancellationToken)
    {
        BenchReport? report = null;
        await WithProgressAsync(async progress =>
        {
            var checkpoint = BenchCheckpoint.Ensure(shape, dataFolder, progress, cancellationToken);
            using var loaded = checkpoint.Load(plan.Model, withDraftHead: plan.Sections.HasFlag(BenchSections.Drafting), progress, cancellationToken);
            report = await new EngineBench(loaded, plan, progress).RunAsync(cancellationToken);
        });
        TextReport.Write(AnsiConsole.Console, report!);
        outputs.Write(report!);
    }

    private async Task HybridAsync(CancellationToken cancellationToken)
    {
        BenchReport? report = null;
        await WithProgressAsync(async progress =>
        {
            using var hybrid = BenchCheckpoint.Ensure("b", dataFolder, progress, cancellationToken).Load(plan.Model, withDraftHead: false, progress, cancellationToken);
            using var full = BenchCheckpoint.Ensure("c", dataFolder, progress, cancellationToken).Load(plan.Model, withDraftHead: false, progress, cancellationToken);
            report = await new HybridBench(hybrid, full, plan, progress).RunAsync(cancellationToken);
        });
        TextReport.Write(AnsiConsole.Console, report!);
        outputs.Write(report!);
    }

    private static async Task WithProgressAsync(Func<Action<string>, Task> work)
    {
        if (!AnsiConsole.Profile.Capabilities.Interactive)
        {
            // A file or a pipe gets a line each on the other stream, so that the report stays clean.
            await work(Console.Error.WriteLine);
            return;
        }

        // The status line is redrawn by its own timer: the measuring threads only leave a text.
        await AnsiConsole.Status().StartAsync("Starting", status => work(text => status.Status(Markup.Escape(text))));
    }
}
