namespace Platform.Kernels;

/// <summary>Outputs of panels that are not full: computed beside, then copied.</summary>
internal static class GemmEdge
{
    /// <summary>target ← source, or target + source.</summary>
    public static void CopyOrAdd(ReadOnlySpan<float> source, Span<float> target, GemmMode mode)
    {
        if (mode == GemmMode.Store)
        {
            source.CopyTo(target);
            return;
        }

        for (var i = 0; i < source.Length; i++)
            target[i] += source[i];
    }
}
