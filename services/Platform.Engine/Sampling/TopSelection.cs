using System.Numerics;

namespace Platform.Engine;

/// <summary>Finds the k highest values of a row in one pass; equal values rank by the lower index.</summary>
internal static class TopSelection
{
    /// <summary>Writes the indices of the k highest values, in no particular order.</summary>
    /// <param name="values">The row; no NaN. Negative infinity ranks last.</param>
    /// <param name="indices">[k] with k at most the row's length; filled as a min-heap by rank.</param>
    public static void Select(ReadOnlySpan<float> values, Span<int> indices)
    {
        var k = indices.Length;
        if (k == 0)
            return;
        for (var i = 0; i < k; i++)
            indices[i] = i;
        for (var root = k / 2 - 1; root >= 0; root--)
            SiftDown(values, indices, root);

        var next = k;
        while (next < values.Length)
        {
            next = SkipNotAbove(values, next, values[indices[0]]);
            if (next == values.Length)
                return;
            indices[0] = next++;
            SiftDown(values, indices, 0);
        }
    }

    /// <summary>The first index from <paramref name="start"/> on whose value is above the threshold, or the row's length.</summary>
    private static int SkipNotAbove(ReadOnlySpan<float> values, int start, float threshold)
    {
        var wide = new Vector<float>(threshold);
        while (start + Vector<float>.Count <= values.Length && !Vector.GreaterThanAny(new Vector<float>(values[start..]), wide))
            start += Vector<float>.Count;
        while (start < values.Length && !(values[start] > threshold))
            start++;
        return start;
    }

    private static void SiftDown(ReadOnlySpan<float> values, Span<int> heap, int parent)
    {
        while (true)
        {
            var child = 2 * parent + 1;
            if (child >= heap.Length)
                return;
            if (child + 1 < heap.Length && RanksBelow(values, heap[child + 1], heap[child]))
                child++;
            if (!RanksBelow(values, heap[child], heap[parent]))
                return;
            (heap[parent], heap[child]) = (heap[child], heap[parent]);
            parent = child;
        }
    }

    private static bool RanksBelow(ReadOnlySpan<float> values, int a, int b) =>
        values[a] < values[b] || (values[a] == values[b] && a > b);
}
