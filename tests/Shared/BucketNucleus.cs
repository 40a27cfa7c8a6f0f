namespace Platform.Engine;

/// <summary>Top-p of the plain sampler: the smallest set of the most probable candidates whose weight reaches a share of the total.</summary>
/// <remarks>Candidates are sorted into buckets of nearly equal logit; only the bucket in which the share is reached is sorted. So the cost stays linear
/// for a flat distribution over the whole vocabulary. Sums run in index order, bucket after bucket.</remarks>
internal sealed class BucketNucleus
{
    private const int Buckets = 2048;
    private const float BucketsPerUnit = 64;          // 2048 / 64: the last bucket starts 32 below the highest logit

    private readonly double[] _bucketWeight = new double[Buckets];
    private readonly int[] _crossing;
    private readonly Comparison<int> _byRank;
    private float[] _logits = [];

    public BucketNucleus(int capacity)
    {
        _crossing = new int[capacity];
        _byRank = CompareRank;
    }

    /// <summary>Sets the weight of every candidate outside the nucleus to 0.</summary>
    /// <param name="logits">[n] tempered logits of the candidates, in id order; the first <paramref name="count"/> are used.</param>
    /// <param name="weights">[n] exp(logit - highest), changed in place.</param>
    /// <param name="count">n.</param>
    /// <param name="highest">The highest logit.</param>
    /// <param name="topP">The share, in (0, 1).</param>
    public void Keep(float[] logits, double[] weights, int count, float highest, float topP)
    {
        var target = FillBuckets(logits, weights, count, highest) * topP;
        var bucket = 0;
        var reached = 0.0;
        while (bucket < Buckets - 1 && reached + _bucketWeight[bucket] < target)
            reached += _bucketWeight[bucket++];

        var crossing = SplitAt(bucket, logits, weights, count, highest);
        _logits = logits;
        _crossing.AsSpan(0, crossing).Sort(_byRank);
        for (var i = 0; i < crossing; i++)
        {
            var candidate = _crossing[i];
            if (reached >= target)
                weights[candidate] = 0;
            else
                reached += weights[candidate];
        }
    }

    private double FillBuckets(float[] logits, double[] weights, int count, float highest)
    {
        Array.Clear(_bucketWeight);
        for (var i = 0; i < count; i++)
            _bucketWeight[Bucket(logits[i], highest)] += weights[i];
        var total = 0.0;
        foreach (var weight in _bucketWeight)
            total += weight;
        return total;
    }

    /// <summary>Drops what lies in lower buckets and collects the indices that lie in this one.</summary>
    private int SplitAt(int bucket, float[] logits, double[] weights, int count, float highest)
    {
        var crossing = 0;
        for (var i = 0; i < count; i++)
        {
            var own = Bucket(logits[i], highest);
            if (own == bucket)
                _crossing[crossing++] = i;
            else if (own > bucket)
                weights[i] = 0;
        }

        return crossing;
    }

    private static int Bucket(float logit, float highest)
    {
        var depth = (highest - logit) * BucketsPerUnit;
        return depth < Buckets - 1 ? (int)depth : Buckets - 1;
    }

    private int CompareRank(int a, int b)
    {
        var order = _logits[b].CompareTo(_logits[a]);
        return order != 0 ? order : a.CompareTo(b);
    }
}
