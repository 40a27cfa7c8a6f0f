using System.Runtime.CompilerServices;

namespace Platform.Kernels;

/// <summary>Takes a probe's result, so that the compiler cannot leave out the work it came from.</summary>
internal static class Blackhole
{
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Swallow(long value) => _ = value;

    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Swallow(float value) => _ = value;
}
