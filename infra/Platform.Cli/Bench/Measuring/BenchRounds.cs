namespace Platform.Cli.Bench;

/// <summary>Measures cells in turns, so that a slow phase of the machine hits all of them, with the bandwidth taken beside each measurement.</summary>
internal sealed class BenchRounds(CeilingProbe probe, double operationsPerSecond, Action<string> progress)
{
    /// <summary>Runs every cell once to warm up, then <paramref name="rounds"/> times.</summary>
    public async Task<List<BenchRow>> RunAsync(IReadOnlyList<BenchCell> cells, int rounds, CancellationToken cancellationToken)
    {
        var taken = cells.Select(_ => new Taken()).ToList();
        for (var round = 0; round <= rounds; round++)
        {
            for (var i = 0; i < cells.Count; i++)
            {
                cancellationToken.ThrowIfCancellationRequested();
                progress($"{(round == 0 ? "Warming up" : $"Round {round} of {rounds}")}, {i + 1} of {cells.Count}: {cells[i].Section}, {cells[i].Name}");
                if (round == 0)
                    await cells[i].SecondsAsync(cancellationToken);
                else
                    await MeasureAsync(cells[i], taken[i], cancellationToken);
            }
        }

        return [.. cells.Zip(taken).SelectMany(pair => Rows(pair.First, pair.Second))];
    }

    private async Task MeasureAsync(BenchCell cell, Taken taken, CancellationToken cancellationToken)
    {
        var bytesPerSecond = probe.ReadNow();
        var seconds = await cell.SecondsAsync(cancellationToken);
        bytesPerSecond = Math.Max(bytesPerSecond, probe.ReadNow());
        taken.Seconds.Add(seconds);
        taken.Rates.Add(cell.Tokens / seconds);
        taken.Shares.Add(cell.Cost.Seconds(bytesPerSecond, operationsPerSecond) / seconds);
        taken.Bandwidths.Add(bytesPerSecond);
    }

    private IEnumerable<BenchRow> Rows(BenchCell cell, Taken taken)
    {
        yield return new BenchRow
        {
            Section = cell.Section,
            Name = cell.Name,
            Unit = "tok/s",
            Values = taken.Rates,
            Shares = cell.Cost == default ? null : taken.Shares,
            Bound = cell.Cost == default ? null : cell.Cost.IsBoundByBytes(taken.Bandwidths.Median, operationsPerSecond) ? "bytes" : "operations",
            Batch = cell.Batch,
            Context = cell.Context,
        };
        if (cell.TimeName is { } name)
            yield return new BenchRow { Section = cell.Section, Name = name, Unit = "s", Values = taken.Seconds, Context = cell.Context };
    }

    private sealed class Taken
    {
        public Samples Seconds { get; } = new();

        public Samples Rates { get; } = new();

        public Samples Shares { get; } = new();

        public Samples Bandwidths { get; } = new();
    }
}
