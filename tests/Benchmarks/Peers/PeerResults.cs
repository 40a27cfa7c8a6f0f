using System.Globalization;
using Platform.Cli.Bench;

namespace Benchmarks.Peers;

/// <summary>The rounds of one case: what each engine reached in each, and the ratios within rounds.</summary>
internal sealed class PeerResults(PeerCase measured)
{
    private readonly Dictionary<string, Samples> _values = [];
    private readonly Dictionary<string, Samples> _peaks = [];
    private readonly List<string> _raw = [];

    /// <summary>Parts of the roofline that our engine reached, against the bandwidth beside each of its measurements.</summary>
    public Samples Shares { get; } = new();

    /// <summary>Bandwidth beside each measurement, bytes a second.</summary>
    public Samples Bandwidth { get; } = new();

    /// <summary>What every process printed.</summary>
    public IReadOnlyList<string> Raw => _raw;

    /// <summary>Adds a measurement; each engine's come in the order of rounds.</summary>
    public void Add(string engine, PeerSample sample)
    {
        Of(_values, engine).Add(sample.Value);
        if (sample.PeakBytes > 0)
            Of(_peaks, engine).Add(sample.PeakBytes);
        _raw.Add($"{engine}: {sample.Raw}");
    }

    /// <summary>Ours over the other's (the other's over ours where less is better), round by round; null without pairs.</summary>
    public Samples? Ratios(string ours, string other)
    {
        if (!_values.TryGetValue(ours, out var mine) || !_values.TryGetValue(other, out var theirs) || mine.Count != theirs.Count || mine.Count == 0)
            return null;
        return Samples.Of(mine.Values.Zip(theirs.Values, (a, b) => measured.Kind == PeerCase.Start ? b / a : a / b));
    }

    /// <summary>The table of this case.</summary>
    public IEnumerable<string> Lines(string ours)
    {
        yield return $"{measured.Name}; read bandwidth beside it {(Bandwidth.Median / 1e9).ToString("0.0", CultureInfo.InvariantCulture)} GB/s";
        foreach (var (engine, values) in _values)
        {
            var unit = measured.Kind == PeerCase.Start ? "s" : "tok/s";
            var share = engine == ours && Shares.Count > 0 ? $"  {NumberText.Percent(Shares.Median)} of roofline" : "";
            var peak = _peaks.TryGetValue(engine, out var bytes) && measured.Kind == PeerCase.Start ? $"  peak {NumberText.Of(bytes.Median / (1 << 20))} MiB" : "";
            var ratio = engine == ours ? "" : Ratios(ours, engine) is { } ratios ? $"  ours is {NumberText.Of(ratios.Median)}x {NumberText.Range(ratios)}" : "  not measured";
            yield return $"  {engine,-14} {NumberText.Of(values.Median),8} {unit,-5} {NumberText.Range(values),-14}{share}{peak}{ratio}";
        }
    }

    private static Samples Of(Dictionary<string, Samples> samples, string engine)
    {
        if (!samples.TryGetValue(engine, out var found))
            samples[engine] = found = new Samples();
        return found;
    }
}
