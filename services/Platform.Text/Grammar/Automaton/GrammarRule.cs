namespace Platform.Text.Grammar;

/// <summary>A part of the grammar that others call. Each activation has one counter, which starts at 0.</summary>
/// <param name="Start">Its first state.</param>
/// <param name="Min">What the counter must have reached where a move says <see cref="MoveKind.Leave"/>.</param>
/// <param name="Max">What the counter may reach; negative: it has no bound and stays at <paramref name="Min"/>.</param>
internal sealed record GrammarRule(int Start, int Min, int Max)
{
    /// <summary>The counter after a step, or -1 when there may be none.</summary>
    public int Stepped(int count)
    {
        if (Max < 0)
            return Math.Min(count + 1, Min);
        return count < Max ? count + 1 : -1;
    }

    /// <summary>
    /// A counter that allows exactly the same next <paramref name="steps"/> steps. Lets positions far from both bounds share what was
    /// computed for one of them.
    /// </summary>
    public int Representative(int count, int steps)
    {
        bool farFromMax = Max < 0 || count + steps < Max;
        if (farFromMax && count >= Min)
            return Min;
        return farFromMax && count + steps < Min ? 0 : count;
    }
}
