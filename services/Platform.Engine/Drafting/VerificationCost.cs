namespace Platform.Engine;

/// <summary>What a step without prompts costs, learned while serving: ticks = base + rows · slope, a least-squares line in which old steps fade.</summary>
internal sealed class VerificationCost
{
    private const double Fading = 0.98;

    // Until steps of different sizes were seen: a further row costs this share of a step with one row.
    private const double AssumedShare = 0.15;
    private const double LeastShare = 0.02;

    private double _weight;
    private double _rows;
    private double _ticks;
    private double _rowsSquared;
    private double _rowsTicks;

    /// <summary>Whether any step was seen.</summary>
    public bool IsKnown => _weight > 0;

    /// <summary>Takes a step into account.</summary>
    public void Add(int rows, double ticks)
    {
        _weight = _weight * Fading + 1;
        _rows = _rows * Fading + rows;
        _ticks = _ticks * Fading + ticks;
        _rowsSquared = _rowsSquared * Fading + (double)rows * rows;
        _rowsTicks = _rowsTicks * Fading + rows * ticks;
    }

    /// <summary>Ticks of one row more.</summary>
    public double Row
    {
        get
        {
            var (meanRows, meanTicks) = (_rows / _weight, _ticks / _weight);
            var variance = _rowsSquared / _weight - meanRows * meanRows;
            if (variance < 0.01)
                return meanTicks / (1 / AssumedShare - 1 + meanRows);
            var slope = (_rowsTicks / _weight - meanRows * meanTicks) / variance;
            return Math.Clamp(slope, LeastShare * meanTicks / meanRows, meanTicks / meanRows);
        }
    }

    /// <summary>Ticks of a step with so many rows.</summary>
    public double Of(int rows) => _ticks / _weight + (rows - _rows / _weight) * Row;
}
