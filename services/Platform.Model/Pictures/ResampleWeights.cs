namespace Platform.Model.Pictures;

/// <summary>For each output position along one axis: which input positions it mixes, and with which fixed-point weights.</summary>
internal sealed class ResampleWeights
{
    /// <summary>Fraction bits of the weights: 32 less 8 for the sample and 2 for weights outside [0, 1].</summary>
    public const int FractionBits = 22;

    private const double Sharpness = -0.5;
    private const double Support = 2.0;

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly int[] _weights;
    private readonly int _stride;

    /// <summary>Antialiased bicubic weights: when shrinking, the kernel is widened by the scale.</summary>
    public ResampleWeights(int inputSize, int outputSize)
    {
        var scale = (double)inputSize / outputSize;
        var kernelScale = Math.Max(scale, 1.0);
        var radius = Support * kernelScale;
        _stride = (int)Math.Ceiling(radius) * 2 + 1;
        _first = new int[outputSize];
        _count = new int[outputSize];
        _weights = new int[checked(outputSize * _stride)];
        var exact = new double[_stride];
        for (var i = 0; i < outputSize; i++)
        {
            var centre = (i + 0.5) * scale;
            _first[i] = Math.Max((int)(centre - radius + 0.5), 0);
            _count[i] = Math.Min((int)(centre + radius + 0.5), inputSize) - _first[i];
            var sum = 0.0;
            for (var tap = 0; tap < _count[i]; tap++)
                sum += exact[tap] = Cubic((tap + _first[i] - centre + 0.5) * (1.0 / kernelScale));
            for (var tap = 0; tap < _count[i]; tap++)
                _weights[i * _stride + tap] = FixedPoint(sum == 0 ? exact[tap] : exact[tap] / sum);
        }
    }

    /// <summary>The first input position that output position <paramref name="i"/> mixes.</summary>
    public int First(int i) => _first[i];

    /// <summary>The weights of consecutive input positions from <see cref="First"/> on.</summary>
    public ReadOnlySpan<int> Of(int i) => _weights.AsSpan(i * _stride, _count[i]);

    /// <summary>A weighted sum back to an 8-bit sample: rounded, and clipped because cubic weights overshoot.</summary>
    public static byte ToSample(int sum) => (byte)Math.Clamp((sum + (1 << (FractionBits - 1))) >> FractionBits, 0, 255);

    private static int FixedPoint(double weight) => (int)(weight * (1 << FractionBits) + (weight < 0 ? -0.5 : 0.5));

    private static double Cubic(double x)
    {
        x = Math.Abs(x);
        if (x < 1.0)
            return ((Sharpness + 2.0) * x - (Sharpness + 3.0)) * x * x + 1;
        return x < Support ? (((x - 5) * x + 8) * x - 4) * Sharpness : 0.0;
    }
}
