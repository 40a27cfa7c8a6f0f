namespace Platform.Engine;

/// <summary>
/// The rotary positions of a sequence by sequence index: listed for a prompt with media, and index + delta on all three rows after it.
/// Immutable, so branches and retries may share one.
/// </summary>
public sealed class MropePositions
{
    private readonly MropePosition[] _listed;

    private MropePositions(MropePosition[] listed, int delta)
    {
        _listed = listed;
        Delta = delta;
    }

    /// <summary>Positions of a sequence without media: every index is its own position.</summary>
    public static MropePositions Text { get; } = new([], 0);

    /// <summary>What is added to a sequence index past the listed ones: largest listed position + 1 − listed count, usually negative.</summary>
    public int Delta { get; }

    /// <summary>Indices with a listed position.</summary>
    public int ListedCount => _listed.Length;

    /// <summary>The position of a sequence index, at least 0.</summary>
    public MropePosition this[int index] => index < _listed.Length
        ? _listed[index]
        : new MropePosition(index + Delta, index + Delta, index + Delta);

    /// <summary>Positions listed for the first indices; the rest continue after the largest.</summary>
    public static MropePositions FromList(ReadOnlySpan<MropePosition> listed)
    {
        var largest = -1;
        foreach (var position in listed)
            largest = Math.Max(largest, Math.Max(position.Time, Math.Max(position.Height, position.Width)));
        return new MropePositions(listed.ToArray(), largest + 1 - listed.Length);
    }
}
