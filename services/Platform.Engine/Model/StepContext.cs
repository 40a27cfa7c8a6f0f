using Platform.Kernels;

namespace Platform.Engine;

/// <summary>
/// What the layers of a step share: its rows (segment after segment), where each lies in its sequence, the rotary angles, the attention
/// plan, the caches. Rebuilt in place for every step without allocating.
/// </summary>
internal sealed class StepContext : IDisposable
{
    private readonly int[] _segmentOfRow;
    private readonly int[] _positionOfRow;
    private readonly RotaryTable _rotary;
    private readonly NativeBuffer _angles;
    private int[] _firstRow = new int[16];
    private IReadOnlyList<StepSegment> _segments = [];

    public StepContext(int maxRows, RotaryTable rotary, AttentionPlan plan)
    {
        MaxRows = maxRows;
        Plan = plan;
        _rotary = rotary;
        _segmentOfRow = new int[maxRows];
        _positionOfRow = new int[maxRows];
        _angles = new NativeBuffer(2L * maxRows * rotary.Frequencies * sizeof(float));
    }

    public int MaxRows { get; }

    public AttentionPlan Plan { get; }

    public int Rows { get; private set; }

    public int SegmentCount => _segments.Count;

    public KvCache Cache { get; private set; } = null!;

    public StateStore? States { get; private set; }

    public bool HasTaps { get; private set; }

    public StepSegment Segment(int index) => _segments[index];

    public StepSegment SegmentOf(int row) => _segments[_segmentOfRow[row]];

    public int SegmentIndexOf(int row) => _segmentOfRow[row];

    /// <summary>Row of a segment's first token.</summary>
    public int FirstRow(int segment) => _firstRow[segment];

    /// <summary>Position of a row in its sequence's cache.</summary>
    public int PositionOf(int row) => _positionOfRow[row];

    public ReadOnlySpan<float> Cos(int row) => Angles(row, 0);

    public ReadOnlySpan<float> Sin(int row) => Angles(row, 1);

    /// <summary>Lays out a step's rows.</summary>
    /// <exception cref="ArgumentException">Too many tokens, or a segment with none.</exception>
    public void Prepare(IReadOnlyList<StepSegment> segments, KvCache cache, StateStore? states)
    {
        _segments = segments;
        Cache = cache;
        States = states;
        Rows = 0;
        HasTaps = false;
        Plan.Clear();
        if (_firstRow.Length < segments.Count)
            _firstRow = new int[segments.Count * 2];
        for (var i = 0; i < segments.Count; i++)
            Add(segments[i], i);
    }

    public void Dispose() => _angles.Dispose();

    private void Add(StepSegment segment, int index)
    {
        if (segment.TokenCount <= 0 || Rows + segment.TokenCount > MaxRows)
        {
            throw new ArgumentException(
                $"Segment {index} feeds {segment.TokenCount} tokens after {Rows} others, but a step takes 1 to {MaxRows}. " +
                "Feed fewer, or load the model for larger steps.");
        }

        if (segment.SnapshotSlots is { } slots && slots.Length < segment.TokenCount)
        {
            throw new ArgumentException(
                $"Segment {index} feeds {segment.TokenCount} tokens but lists {slots.Length} snapshot slots; list one per token.");
        }

        _firstRow[index] = Rows;
        HasTaps |= segment.Tap is not null;
        Plan.Add(segment.State.Pages, segment.FirstPosition, segment.TokenCount, Rows);
        for (var i = 0; i < segment.TokenCount; i++)
        {
            var position = segment.FirstPosition + i;
            _segmentOfRow[Rows] = index;
            _positionOfRow[Rows] = position;
            _rotary.Fill(segment.Positions[position], AnglesOf(Rows, 0), AnglesOf(Rows, 1));
            Rows++;
        }
    }

    private ReadOnlySpan<float> Angles(int row, int which) => AnglesOf(row, which);

    private Span<float> AnglesOf(int row, int which) =>
        _angles.Span<float>((2L * row + which) * _rotary.Frequencies * sizeof(float), _rotary.Frequencies);
}
