namespace Platform.Grains;

/// <summary>
/// One response, by its id: the only owner of its numbered event log. Everything that is shown to a client was in the log first.
/// </summary>
[Alias("platform.response")]
public interface IResponseGrain : IGrainWithStringKey
{
    /// <summary>
    /// Encodes the prompt, finds a decoder and begins to generate. Returns when the response was accepted or refused; a refusal is an
    /// answer, not an exception. May be called once per response.
    /// </summary>
    [Alias("start")]
    Task<ResponseStart> StartAsync(ResponseRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// The log from the event after <paramref name="startingAfter"/> (0: from the beginning), waiting for events that are not
    /// there yet, up to the last event. Any number of readers; a reader that leaves changes nothing.
    /// A log that nobody reads for a while is dropped.
    /// </summary>
    /// <exception cref="ResponseUnknownException">The response never started or was dropped.</exception>
    [Alias("read")]
    IAsyncEnumerable<ResponseEvent> ReadAsync(long startingAfter, CancellationToken cancellationToken = default);

    /// <summary>Ends generation within one engine step. Without effect on a response that has ended.</summary>
    [Alias("cancel")]
    Task CancelAsync();
}
