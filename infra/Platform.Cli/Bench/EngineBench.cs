namespace Platform.Cli.Bench;

/// <summary>Measures one loaded model: ceilings first, then its cells in turns, then mixed load and routing.</summary>
internal sealed class EngineBench(LoadedModel loaded, BenchPlan plan, Action<string> progress)
{
    private readonly List<BenchRow> _rows = [];
    private readonly List<string> _notes = [];

    /// <summary>Measures what the plan says.</summary>
    public async Task<BenchReport> RunAsync(CancellationToken cancellationToken)
    {
        using var probe = new CeilingProbe(plan.Threads);
        progress("The machine's ceilings");
        var ceilings = probe.Measure(cancellationToken);
        if (plan.Sections.HasFlag(BenchSections.Load))
            AddLoad();
        var cells = new EngineCells(loaded, plan, _notes);
        await using (cells)
        {
            var rounds = new BenchRounds(probe, Peaks.Of(plan.Model, ceilings).PerSecond, progress);
            _rows.AddRange(await rounds.RunAsync(cells.Cells, plan.Rounds, cancellationToken));
            if (plan.Sections.HasFlag(BenchSections.Routing) && loaded.Model.Config.Text.IsMoe)
                _rows.AddRange(await cells.RoutingAsync(cancellationToken));
        }

        if (plan.Sections.HasFlag(BenchSections.Drafting) && loaded.Model.Mtp is not null)
        {
            _rows.AddRange(await new DraftingBench(loaded, plan).RunAsync(probe, Peaks.Of(plan.Model, ceilings).PerSecond, progress, cancellationToken));
            _notes.Add("Drafting: the draft head does its work, its guesses are replaced by ones that are right as often as stated; the text is the same.");
        }

        if (plan.Sections.HasFlag(BenchSections.Mixed))
            _rows.AddRange(await new MixedLoad(loaded.Model, plan, progress).RunAsync(_notes, cancellationToken));
        return new BenchReport { Title = loaded.Name, Facts = BenchFacts.Of(loaded, plan, ceilings), Ceilings = ceilings, Rows = _rows, Notes = _notes };
    }

    private void AddLoad()
    {
        const double Mebibyte = 1 << 20;
        var predicted = (loaded.Memory.Weights + loaded.Memory.Scratch) / Mebibyte;
        Add("load and pack", "s", loaded.LoadTime.TotalSeconds);
        Add("memory that loading took", "MiB", loaded.ResidentAdded / Mebibyte);
        Add("memory predicted: weights + scratch", "MiB", predicted);
        Add("taken over predicted", "", loaded.ResidentAdded / Mebibyte / predicted);
        Add("a page of 64 positions", "KiB", loaded.Memory.Page / 1024.0);
        Add("a sequence's recurrent state", "MiB", loaded.Memory.Slot / Mebibyte);

        void Add(string name, string unit, double value) =>
            _rows.Add(new BenchRow { Section = "load and memory", Name = name, Unit = unit, Values = Samples.Of(value) });
    }
}
