using Platform.Engine;

namespace Platform.Cli;

/// <summary>The values of <c>--weights</c>.</summary>
internal static class WeightNames
{
    /// <summary>As they are written.</summary>
    public static readonly string[] All = ["as-stored", "int8", "int4"];

    /// <summary>What a value means; the option has checked it.</summary>
    public static WeightPacking Parse(string value) => value switch
    {
        "int8" => WeightPacking.Int8,
        "int4" => WeightPacking.Int4,
        _ => WeightPacking.AsStored,
    };
}
