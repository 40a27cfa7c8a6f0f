using Platform.Kernels;

namespace Platform.Cli.Bench;

/// <summary>Measures the machine's ceilings, and again before and after each measurement the one that moves most: read bandwidth.</summary>
/// <remarks>On a shared host the bandwidth flips between phases within seconds, so a share of it means something only against a probe taken at once.</remarks>
internal sealed class CeilingProbe : IDisposable
{
    private const long Bytes = 384L << 20;
    private const int Rounds = 5;

    private readonly WorkerTeam _team;
    private readonly ReadProbe _read;

    public CeilingProbe(int threads)
    {
        _team = new WorkerTeam(threads);
        _read = new ReadProbe(_team, Bytes, hugePages: true);
    }

    /// <summary>Read bandwidth of all threads now: the better of two reads.</summary>
    public double ReadNow() => Math.Max(_read.Measure(), _read.Measure());

    /// <summary>All ceilings.</summary>
    public Ceilings Measure(CancellationToken cancellationToken)
    {
        using var alone = new WorkerTeam(1);
        using var readAlone = new ReadProbe(alone, Bytes, hugePages: true);
        using var readSmall = new ReadProbe(_team, Bytes, hugePages: false);
        Samples one = new(), all = new(), small = new(), float32 = new(), int8 = new(), bytes = new(), bf16 = new();
        for (var round = 0; round < Rounds; round++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            one.Add(readAlone.Measure());
            all.Add(ReadNow());
            small.Add(readSmall.Measure());
            float32.Add(ArithmeticProbe.FusedMultiplyAdd(_team));
            AddKnown(int8, ArithmeticProbe.ByteProducts(_team));
            AddKnown(bytes, EmittedArithmeticProbe.ByteDots(_team));
            AddKnown(bf16, EmittedArithmeticProbe.Bf16Dots(_team));
        }

        return new Ceilings(one, all, small, float32, Known(int8), Known(bytes), Known(bf16));
    }

    public void Dispose()
    {
        _read.Dispose();
        _team.Dispose();
    }

    private static void AddKnown(Samples samples, double? value)
    {
        if (value is { } known)
            samples.Add(known);
    }

    private static Samples? Known(Samples samples) => samples.Count == 0 ? null : samples;
}
