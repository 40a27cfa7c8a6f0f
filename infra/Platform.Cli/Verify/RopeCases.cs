using Platform.Engine;
using Platform.Kernels;
using Platform.Model;

namespace Platform.Cli.Verify;

/// <summary><c>rope.*</c>: frequencies, cosines and sines of three-row positions, and the turned queries.</summary>
internal static class RopeCases
{
    public static void Add(UnitOpsCases cases, Dictionary<string, Func<GoldenRow>> computed)
    {
        var table = new RotaryTable((int)cases.Number("rope", "rotary_dim"), new RopeParameters
        {
            Theta = cases.Number("rope", "rope_theta"),
            PartialRotaryFactor = cases.Number("rope", "partial_rotary_factor"),
            MropeSection = cases.Numbers("rope", "mrope_section"),
        });
        computed["rope.inv_freq"] = () => GoldenComparison.Relative("rope.inv_freq", cases.Read("rope.inv_freq"), Frequencies(table), 1e-6);
        computed["rope.cos"] = () => GoldenComparison.Absolute("rope.cos", cases.Read("rope.cos"), Angles(cases, table, cosine: true), 1e-5);
        computed["rope.sin"] = () => GoldenComparison.Absolute("rope.sin", cases.Read("rope.sin"), Angles(cases, table, cosine: false), 1e-5);
        computed["rope.q_out"] = () => GoldenComparison.Absolute("rope.q_out", cases.Read("rope.q_out"), Turned(cases), 1e-5);
    }

    private static GoldenTensor Frequencies(RotaryTable table) =>
        GoldenTensor.Of([.. Enumerable.Range(0, table.Frequencies).Select(table.Frequency)], table.Frequencies);

    // With the golden's own frequencies: at far positions a last-bit difference in a frequency is a large one in the angle.
    private static GoldenTensor Angles(UnitOpsCases cases, RotaryTable table, bool cosine)
    {
        var frequencies = cases.Floats("rope.inv_freq");
        var positions = cases.Integers("rope.position_ids");
        var count = positions.Length / 3;
        var values = new float[count * 2 * frequencies.Length];
        for (var position = 0; position < count; position++)
        {
            for (var i = 0; i < frequencies.Length; i++)
            {
                var along = checked((int)positions[table.PositionRow(i) * count + position]);
                var (sin, cos) = Rotary.SinCos(along, frequencies[i]);
                var at = position * 2 * frequencies.Length + i;
                values[at] = values[at + frequencies.Length] = cosine ? cos : sin;
            }
        }

        return GoldenTensor.Of(values, count, 2 * frequencies.Length);
    }

    private static GoldenTensor Turned(UnitOpsCases cases)
    {
        var q = cases.Read("rope.q");
        var (cos, sin) = (cases.Read("rope.cos"), cases.Read("rope.sin"));
        var values = (float[])q.Floats!.Clone();
        int tokens = (int)q.Shape[1], width = (int)q.Shape[2], rotated = (int)cos.Shape[1];
        for (var row = 0; row < values.Length / width; row++)
        {
            var at = row % tokens * rotated;
            Rotary.Rotate(values.AsSpan(row * width, width), cos.Floats.AsSpan(at, rotated / 2), sin.Floats.AsSpan(at, rotated / 2));
        }

        return GoldenTensor.Of(values, [.. q.Shape]);
    }
}
