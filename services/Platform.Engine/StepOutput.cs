using Platform.Kernels;

namespace Platform.Engine;

/// <summary>
/// What a step computed: logits and final-normed hidden rows. Reused from step to step; grows to the largest step seen and then no more.
/// Valid until the next step that writes into it.
/// </summary>
public sealed class StepOutput : IDisposable
{
    private readonly int _vocabSize;
    private readonly int _hiddenSize;
    private NativeBuffer _logits = new(0);
    private NativeBuffer _hidden = new(0);
    private int[] _hiddenRowOfLogitRow = [];
    private int[] _firstHiddenRowOfSegment = [];
    private int[] _firstLogitRowOfSegment = [];

    /// <summary>Creates an empty output for a model.</summary>
    internal StepOutput(int vocabSize, int hiddenSize)
    {
        _vocabSize = vocabSize;
        _hiddenSize = hiddenSize;
    }

    /// <summary>Rows with logits, over all segments.</summary>
    public int LogitRowCount { get; private set; }

    /// <summary>Rows with hidden states, over all segments.</summary>
    public int HiddenRowCount { get; private set; }

    /// <summary>The logits [V] of the i-th requested row, segments in order. The caller may change them (penalties, masks).</summary>
    public Span<float> Logits(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)LogitRowCount, nameof(row));
        return _logits.Span<float>((long)row * _vocabSize * sizeof(float), _vocabSize);
    }

    /// <summary>The final-normed hidden state [H] of the i-th row with logits.</summary>
    public ReadOnlySpan<float> Hidden(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)LogitRowCount, nameof(row));
        return HiddenRows[_hiddenRowOfLogitRow[row]];
    }

    /// <summary>Index of a segment's first row with logits.</summary>
    public int FirstLogitRow(int segment) => _firstLogitRowOfSegment[segment];

    /// <summary>
    /// The final-normed hidden rows of a segment: all its tokens when it kept them (<see cref="StepSegment.KeepHidden"/>), else those with logits.
    /// </summary>
    public FloatRows SegmentHidden(int segment) => HiddenRows.Rows(
        _firstHiddenRowOfSegment[segment], _firstHiddenRowOfSegment[segment + 1] - _firstHiddenRowOfSegment[segment]);

    /// <summary>Gives the memory back.</summary>
    public void Dispose()
    {
        _logits.Dispose();
        _hidden.Dispose();
    }

    internal FloatRows LogitMatrix => _logits.Rows(0, LogitRowCount, _vocabSize, _vocabSize);

    internal FloatRows HiddenRows => _hidden.Rows(0, HiddenRowCount, _hiddenSize, _hiddenSize);

    /// <summary>Lays out the rows of a step.</summary>
    internal void Prepare(IReadOnlyList<StepSegment> segments)
    {
        if (_firstHiddenRowOfSegment.Length < segments.Count + 1)
        {
            _firstHiddenRowOfSegment = new int[segments.Count * 2 + 1];
            _firstLogitRowOfSegment = new int[segments.Count * 2 + 1];
        }

        LogitRowCount = 0;
        HiddenRowCount = 0;
        for (var i = 0; i < segments.Count; i++)
        {
            var segment = segments[i];
            _firstHiddenRowOfSegment[i] = HiddenRowCount;
            _firstLogitRowOfSegment[i] = LogitRowCount;
            HiddenRowCount += HiddenCount(segment);
            LogitRowCount += LogitCount(segment);
        }

        _firstHiddenRowOfSegment[segments.Count] = HiddenRowCount;
        _firstLogitRowOfSegment[segments.Count] = LogitRowCount;
        Grow();
        for (var i = 0; i < segments.Count; i++)
            MapLogitRows(i);
    }

    /// <summary>Hidden rows a segment keeps: its last ones.</summary>
    internal static int HiddenCount(StepSegment segment) => segment.KeepHidden ? segment.TokenCount : LogitCount(segment);

    /// <summary>Rows of a segment with logits: its last ones.</summary>
    internal static int LogitCount(StepSegment segment) => segment.Logits switch
    {
        LogitRows.None => 0,
        LogitRows.Last => 1,
        _ => segment.TokenCount,
    };

    /// <summary>The hidden row that a row with logits reads.</summary>
    internal int HiddenRowOf(int logitRow) => _hiddenRowOfLogitRow[logitRow];

    /// <summary>The step's row that a hidden row was taken from.</summary>
    internal int StepRowOf(int hiddenRow, StepContext step)
    {
        var segment = Array.BinarySearch(_firstHiddenRowOfSegment, 0, step.SegmentCount, hiddenRow);
        segment = segment < 0 ? ~segment - 1 : segment;
        // Segments without hidden rows share their start with the next one that has some.
        while (_firstHiddenRowOfSegment[segment + 1] <= hiddenRow)
            segment++;
        var last = step.FirstRow(segment) + step.Segment(segment).TokenCount;
        return last - (_firstHiddenRowOfSegment[segment + 1] - hiddenRow);
    }

    private void MapLogitRows(int segment)
    {
        var first = _firstLogitRowOfSegment[segment];
        var count = _firstLogitRowOfSegment[segment + 1] - first;
        for (var i = 0; i < count; i++)
            _hiddenRowOfLogitRow[first + i] = _firstHiddenRowOfSegment[segment + 1] - count + i;
    }

    private void Grow()
    {
        if (_hiddenRowOfLogitRow.Length < LogitRowCount)
            _hiddenRowOfLogitRow = new int[LogitRowCount * 2];
        GrowTo(ref _logits, (long)LogitRowCount * _vocabSize * sizeof(float));
        GrowTo(ref _hidden, (long)HiddenRowCount * _hiddenSize * sizeof(float));
    }

    private static void GrowTo(ref NativeBuffer buffer, long bytes)
    {
        if (buffer.Bytes >= bytes)
            return;
        buffer.Dispose();
        buffer = new NativeBuffer(bytes);
    }
}
