using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>The arithmetic ceiling that belongs to a model's format.</summary>
/// <param name="Name">The instructions.</param>
/// <param name="PerSecond">Operations a second, all threads.</param>
internal readonly record struct Peaks(string Name, double PerSecond)
{
    /// <summary>The peak of the instructions that a model's matrix products use: those of the fastest tier this machine has.</summary>
    public static Peaks Of(TextModelOptions options, Ceilings ceilings) => options switch
    {
        { Weights: not WeightPacking.AsStored } when ceilings.Int8Emitted is { } dots => new Peaks("INT8 dot products, emitted", dots.Most),
        { Weights: not WeightPacking.AsStored } when ceilings.Int8 is { } products => new Peaks("INT8 products, .NET's instructions", products.Most),
        { Format: ComputeFormat.BF16 } when ceilings.Bf16Emitted is { } dots => new Peaks("BF16 dot products, emitted", dots.Most),
        _ => new Peaks("float32 multiply-add", ceilings.Float32.Most),
    };
}
