namespace Platform.Engine;

/// <summary>What a checkpoint is worth: tokens it saves, by the chance that somebody comes for it, per byte it holds and admission to wait.</summary>
/// <remarks>
/// <para>value = tokens × reuse / (bytes × wait). <i>Tokens</i>: from the nearest earlier checkpoint that stays worth something to this one, which is what a
/// hit need not compute. <i>Bytes</i>: of what is short: the slot, and when pages are, those that would be free without it. <i>Wait</i>: admissions until its next use is expected. A prefix that
/// came back every p admissions comes back p after its last use; the longer it is overdue the longer it will be, so sessions that take turns keep
/// the ones whose turn is next, where the least recently used would throw out just those. <i>Reuse</i>: 1 for a border that was used before, a half for
/// one that never was, little for a border that a later one on the same path replaces (only an edited conversation returns to it; the one behind a
/// conversation's last query is replaced by that behind its next query only; that one drops the reasoning in between, so all that lay there is left behind), and for the end of a
/// generated turn the share of such ends that were ever continued.</para>
/// </remarks>
internal static class CheckpointValue
{
    /// <summary>Reuse of a border that a later one replaces.</summary>
    public const double Replaced = 1.0 / 16;

    /// <summary>Reuse of a border that was never used.</summary>
    public const double Unproven = 0.5;

    /// <summary>The value.</summary>
    public static double Of(int tokens, double reuse, long bytes, double wait) => tokens * reuse / (bytes * wait);

    /// <summary>Admissions until the next use is expected, at least 1.</summary>
    /// <param name="age">Admissions since the last use.</param>
    /// <param name="period">Admissions between two uses.</param>
    public static double Wait(double age, double period) => Math.Max(1, Math.Abs(period - age));

    /// <summary>Whether its conversation left it behind, or a later checkpoint on the only path that goes on from here makes this one nearly useless.</summary>
    public static bool IsReplaced(StateCheckpoint checkpoint)
    {
        if (checkpoint.IsAbandoned)
            return true;
        if (checkpoint.Node.Children.Count > 1)
            return false;
        if (checkpoint.Continuations > 0)
            return true;
        for (var node = checkpoint.Node.OnlyChild; node is not null; node = node.OnlyChild)
        {
            if (node.Checkpoint is { } later && (!later.IsTurnEnd || later.Hits > 0) && (later.IsReturn || !checkpoint.IsReturn))
                return true;
        }

        return false;
    }

    /// <summary>Tokens between a node's end and the nearest earlier checkpoint that is not replaced.</summary>
    public static int TokensSaved(PrefixNode node) => node.End - KeptBefore(node.Parent);

    /// <summary>Tokens that the nearest checkpoint at or above a node covers, not counting replaced ones.</summary>
    public static int KeptBefore(PrefixNode? node)
    {
        for (; node is not null; node = node.Parent)
        {
            if (node.Checkpoint is { } earlier && !IsReplaced(earlier))
                return node.End;
        }

        return 0;
    }
}
