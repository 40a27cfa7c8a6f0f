using Platform.Kernels;
using Platform.Model;

namespace Platform.Engine;

/// <summary>
/// The rotary frequencies of a model and which of a position's three rows (time, height, width) turns each: interleaved, THWTHW…, time
/// taking what height and width leave. YaRN scales frequencies and amplitude for long contexts.
/// </summary>
internal sealed class RotaryTable
{
    private readonly float[] _frequencies;
    private readonly int[] _rows;
    private readonly float _amplitude;

    public RotaryTable(int rotaryDim, RopeParameters rope)
    {
        _frequencies = new float[rotaryDim / 2];
        _rows = new int[rotaryDim / 2];
        _amplitude = rope.IsYarn ? (float)(rope.AttentionFactor ?? 0.1 * PreciseFunctions.Log(rope.Factor) + 1) : 1f;
        for (var i = 0; i < _frequencies.Length; i++)
        {
            var plain = 1 / PreciseFunctions.Pow(rope.Theta, 2.0 * i / rotaryDim);
            _frequencies[i] = (float)(rope.IsYarn ? Stretched(plain, i, rotaryDim, rope) : plain);
            _rows[i] = RowOf(i, rope.MropeSection);
        }
    }

    /// <summary>R/2.</summary>
    public int Frequencies => _frequencies.Length;

    /// <summary>Radians per position of a frequency.</summary>
    public float Frequency(int index) => _frequencies[index];

    /// <summary>Which row of a position turns a frequency: 0 time, 1 height, 2 width.</summary>
    public int PositionRow(int index) => _rows[index];

    /// <summary>The cosines and sines [R/2] of a position.</summary>
    public void Fill(MropePosition position, Span<float> cos, Span<float> sin)
    {
        for (var i = 0; i < _frequencies.Length; i++)
        {
            var along = _rows[i] switch { 1 => position.Height, 2 => position.Width, _ => position.Time };
            var (s, c) = Rotary.SinCos(along, _frequencies[i]);
            cos[i] = c * _amplitude;
            sin[i] = s * _amplitude;
        }
    }

    private static int RowOf(int frequency, IReadOnlyList<int> section) => (frequency % 3) switch
    {
        1 when frequency < 3 * section[1] => 1,
        2 when frequency < 3 * section[2] => 2,
        _ => 0,
    };

    // Frequencies that turn often within the original context stay, those that turn less than once are stretched, a ramp between.
    private static double Stretched(double plain, int index, int rotaryDim, RopeParameters rope)
    {
        var original = rope.OriginalMaxPositionEmbeddings ?? throw new ArgumentException("YaRN needs the original context length.", nameof(rope));
        var low = Math.Max(Math.Floor(DimensionTurning(rope.BetaFast)), 0);
        var high = Math.Min(Math.Ceiling(DimensionTurning(rope.BetaSlow)), rotaryDim - 1);
        var ramp = Math.Clamp((index - low) / Math.Max(high - low, 0.001), 0, 1);
        return plain / rope.Factor * ramp + plain * (1 - ramp);

        double DimensionTurning(double turns) =>
            rotaryDim * PreciseFunctions.Log(original / (2 * Math.PI * turns)) / (2 * PreciseFunctions.Log(rope.Theta));
    }
}
