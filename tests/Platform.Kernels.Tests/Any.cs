using CsCheck;

namespace Platform.Kernels.Tests;

/// <summary>Generators of a choice.</summary>
internal static class Any
{
    public static Gen<T> Of<T>(params T[] values) => Gen.Int[0, values.Length - 1].Select(index => values[index]);
}
