using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>The arithmetic ceiling that belongs to a model's format.</summary>
/// <param name="Name">The instructions.</param>
/// <param name="PerSecond">Operations a second, all threads.</param>
internal readonly record struct Peaks(string Name, double PerSecond)
{
    /// <summary>The peak of the instructions that a model's matrix products use.</summary>
    public static Peaks Of(TextModelOptions options, Ceilings ceilings)
    {
        ArgumentNullException.ThrowIfNull(options);
        return new Peaks("float32 multiply-add", ceilings.Float32.Median);
    }
}
