namespace Platform.Kernels.Emitted;

/// <summary>A 512-bit register, 0..31; all are free to use in a called function.</summary>
internal readonly record struct Zmm
{
    public Zmm(int number)
    {
        if (number is < 0 or > 31)
            throw new ArgumentOutOfRangeException(nameof(number), $"There is no register zmm{number}; they are zmm0 to zmm31.");
        Number = number;
    }

    public int Number { get; }
}
