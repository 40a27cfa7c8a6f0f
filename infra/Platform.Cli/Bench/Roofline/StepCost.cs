namespace Platform.Cli.Bench;

/// <summary>What a stretch of work takes at least: bytes that must come from memory and operations that must be done.</summary>
/// <param name="Bytes">Bytes read (and, for recurrent states, written).</param>
/// <param name="Operations">Operations; a multiply-add counts as two.</param>
internal readonly record struct StepCost(double Bytes, double Operations)
{
    /// <summary>Seconds it takes on a machine that reaches its ceilings; the larger of the two bounds, as both can overlap.</summary>
    /// <param name="bytesPerSecond">Read bandwidth.</param>
    /// <param name="operationsPerSecond">Peak of the instructions used.</param>
    public double Seconds(double bytesPerSecond, double operationsPerSecond) =>
        Math.Max(Bytes / bytesPerSecond, Operations / operationsPerSecond);

    /// <summary>Whether memory is the bound rather than arithmetic.</summary>
    public bool IsBoundByBytes(double bytesPerSecond, double operationsPerSecond) =>
        Bytes / bytesPerSecond >= Operations / operationsPerSecond;
}
