namespace Platform.Engine;

/// <summary>The last candidate that a filter keeps. Candidates rank by logit, higher first, and equal logits by id, lower first.</summary>
/// <param name="Logit">Its logit.</param>
/// <param name="Id">Its token id.</param>
internal readonly record struct RankBorder(float Logit, int Id)
{
    /// <summary>Keeps everything.</summary>
    public static RankBorder None => new(float.NegativeInfinity, int.MaxValue);

    /// <summary>Whether a candidate ranks at the border or above.</summary>
    public bool Keeps(float logit, int id) => logit > Logit || (logit == Logit && id <= Id);

    /// <summary>A number that grows with the rank's position, distinct for every id.</summary>
    public static ulong Key(float logit, int id)
    {
        // Floats order like their bits once the negative ones are turned round; 0 is added because -0 equals 0.
        var bits = BitConverter.SingleToUInt32Bits(logit + 0f);
        var ascending = (bits & 0x80000000) != 0 ? ~bits : bits | 0x80000000;
        return ((ulong)~ascending << 32) | (uint)id;
    }

    /// <summary>The id in a <see cref="Key"/>.</summary>
    public static int IdOf(ulong key) => (int)(uint)key;
}
