using Platform.Decoder;
using Platform.Engine;
using Spectre.Console;

namespace Platform.Cli.Up;

/// <summary>Shows how far loading a model is: bytes, share and time left of each stage; decisions as lines that stay.</summary>
internal static class LoadDisplay
{
    /// <summary>Runs a start and shows what it reports.</summary>
    public static Task<T> RunAsync<T>(Func<IProgress<DecoderProgress>, Task<T>> start)
    {
        var display = AnsiConsole.Progress().AutoClear(true).Columns(
            new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new DownloadedColumn(), new RemainingTimeColumn());
        return display.StartAsync(async context =>
        {
            var stage = context.AddTask("Starting");
            stage.IsIndeterminate = true;
            return await start(new Reporter<DecoderProgress>(report => stage = Show(context, stage, report)));
        });
    }

    private static ProgressTask Show(ProgressContext context, ProgressTask stage, DecoderProgress report)
    {
        if (report.Note is { } note)
        {
            Say.Note(note);
            return stage;
        }

        if (report.Memory is { } memory)
            AnsiConsole.Write(Table(memory));
        if (stage.Description != report.What)
        {
            // A task of its own for each stage, so that the time left is reckoned from this stage's speed.
            stage.StopTask();
            stage = context.AddTask(Markup.Escape(report.What));
            stage.IsIndeterminate = report.Total == 0;
        }

        if (report.Total > 0)
        {
            stage.MaxValue = report.Total;
            stage.Value = report.Done;
        }

        return stage;
    }

    private static Table Table(MemoryPlan memory)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("memory").AddColumn(new TableColumn("").RightAligned()).AddColumn("");
        foreach (var line in memory.Lines)
            table.AddRow(line.What, MemoryPlan.Gigabytes(line.Bytes), $"[grey]{Markup.Escape(line.How)}[/]");
        var owner = memory.Machine.IsContainerLimit ? "the container's limit" : "this machine";
        table.AddRow(
            "[bold]together[/]",
            $"[bold]{MemoryPlan.Gigabytes(memory.Total)}[/]",
            $"[grey]of {MemoryPlan.Gigabytes(memory.Machine.Available)} available, {MemoryPlan.Gigabytes(memory.Machine.Total)} in all ({owner})[/]");
        return table;
    }
}
