namespace Platform.Model;

/// <summary>Arithmetic on shapes that cannot overflow unseen.</summary>
internal static class TensorShape
{
    public static string Text(IReadOnlyList<long> shape) => $"[{string.Join(", ", shape)}]";

    /// <summary>The number of elements, or null when it does not fit a long.</summary>
    public static long? ElementCount(IReadOnlyList<long> shape)
    {
        var count = 1L;
        foreach (var dimension in shape)
        {
            if (dimension < 0)
                return null;
            if (dimension != 0 && count > long.MaxValue / dimension)
                return null;
            count *= dimension;
        }

        return count;
    }
}
