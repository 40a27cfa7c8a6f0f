using System.Globalization;

namespace Platform.Cli.Bench;

/// <summary>The head of a report: what was measured on what.</summary>
internal static class BenchFacts
{
    /// <summary>Facts in the order they are shown.</summary>
    public static List<(string Name, string Value)> Of(LoadedModel loaded, BenchPlan plan, Ceilings ceilings)
    {
        var peak = Peaks.Of(plan.Model, ceilings);
        return
        [
            ("machine", $"{MachineFacts.Processor}, {Environment.ProcessorCount} logical processors"),
            ("shape", $"{loaded.Name}, {(loaded.Parameters / 1e9).ToString("0.00", CultureInfo.InvariantCulture)} billion weights"),
            .. FormatNames.Of(loaded.Model.Options),
            ("threads", plan.Threads.ToString(CultureInfo.InvariantCulture)),
            ("kernels", loaded.Model.Kernels),
            ("peak taken", peak.Name),
            ("huge pages", MachineFacts.HugePages ?? "none"),
            ("numerics", loaded.Model.NumericsId),
            ("runtime", $".NET {Environment.Version}{(MachineFacts.IsRelease ? "" : ", DEBUG BUILD")}"),
            ("commit", MachineFacts.Commit ?? "unknown"),
            ("sampler", "temperature 1, top-k 20, top-p 0.95"),
            ("rounds", $"{plan.Rounds.ToString(CultureInfo.InvariantCulture)}, all cells in turns"),
        ];
    }
}
