namespace Platform.Model;

/// <summary>
/// Random numbers that depend only on (seed, tensor name, element index), so that a checkpoint's bytes are the same on every machine, in
/// any order of writing and with any number of threads. Integer mixing and IEEE basic operations only: no math library.
/// </summary>
internal readonly struct RandomValues
{
    private const ulong GoldenGamma = 0x9E3779B97F4A7C15;
    private const int UniformsPerNormal = 4;
    private const int UniformMean2 = UniformsPerNormal * 65535;

    private readonly ulong _key;

    public RandomValues(ulong seed, string tensor)
    {
        var key = Mix(seed + GoldenGamma);
        foreach (var character in tensor)
            key = Mix((key ^ character) + GoldenGamma);
        _key = key;
    }

    /// <summary>64 random bits of an element.</summary>
    public ulong Bits(long index) => Mix(_key + unchecked((ulong)(index + 1) * GoldenGamma));

    /// <summary>Nearly normal values around zero: the sum of four uniform 16-bit numbers, so never beyond 3.5 standard deviations.</summary>
    public void Normal(long firstIndex, float standardDeviation, Span<float> destination)
    {
        // The sum of four has variance 4·(2^32 − 1)/12.
        var scale = (float)(standardDeviation / Math.Sqrt(4 * (4294967296.0 - 1) / 12));
        for (var i = 0; i < destination.Length; i++)
        {
            var bits = Bits(firstIndex + i);
            var sum = (int)(bits & 0xFFFF) + (int)((bits >> 16) & 0xFFFF) + (int)((bits >> 32) & 0xFFFF) + (int)(bits >> 48);
            destination[i] = (sum - UniformMean2 / 2) * scale;
        }
    }

    /// <summary>Logarithms of uniform values in [<paramref name="least"/>, <paramref name="most"/>).</summary>
    public void LogUniform(long firstIndex, double least, double most, Span<float> destination)
    {
        for (var i = 0; i < destination.Length; i++)
        {
            var unit = (Bits(firstIndex + i) >> 11) * (1.0 / (1UL << 53));
            destination[i] = (float)Log(least + unit * (most - least));
        }
    }

    /// <summary>The natural logarithm of a normal positive number, within a few units of the last place of a double.</summary>
    internal static double Log(double value)
    {
        const double Ln2 = 0.693147180559945309417;
        var bits = BitConverter.DoubleToInt64Bits(value);
        var exponent = (int)(bits >> 52) - 1023;
        var mantissa = BitConverter.Int64BitsToDouble((bits & 0xFFFFFFFFFFFFF) | 0x3FF0000000000000);
        if (mantissa > 1.4142135623730951)
        {
            mantissa /= 2;
            exponent++;
        }

        // log m = 2·atanh((m − 1)/(m + 1)); |t| is at most 0.172, so 13 odd powers suffice.
        var t = (mantissa - 1) / (mantissa + 1);
        var square = t * t;
        var sum = 0.0;
        for (var n = 25; n >= 1; n -= 2)
            sum = sum * square + 1.0 / n;
        return exponent * Ln2 + 2 * t * sum;
    }

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
