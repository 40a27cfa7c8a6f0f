namespace Platform.Engine.Tests;

/// <summary>All events of a sequence.</summary>
internal sealed record Answer(IReadOnlyList<int> Tokens, IReadOnlyList<float> Logprobs, FinishReason Finish, string? Error, int CachedTokens)
{
    /// <summary>Reads to the end; a sequence that never ends fails the test instead of hanging it.</summary>
    public static async Task<Answer> Of(SequenceHandle handle)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        var events = new List<SequenceEvent>();
        await foreach (var item in handle.Events.ReadAllAsync(patience.Token))
            events.Add(item);
        return Of(events);
    }

    /// <summary>Reads what is there; the sequence must have ended.</summary>
    public static Answer Now(Sequence sequence)
    {
        var events = new List<SequenceEvent>();
        while (sequence.Outbox.Reader.TryRead(out var item))
            events.Add(item);
        return Of(events);
    }

    private static Answer Of(List<SequenceEvent> events)
    {
        Assert.NotEmpty(events);
        Assert.All(events.SkipLast(1), item => Assert.Null(item.Finish));
        Assert.All(events.SkipLast(1), item => Assert.True(item.HasToken));
        var last = events[^1];
        Assert.NotNull(last.Finish);
        var said = events.Where(item => item.HasToken).ToList();
        return new Answer([.. said.Select(item => item.Token)], [.. said.Select(item => item.Logprob)], last.Finish.Value, last.Error, last.CachedTokens);
    }
}
