using System.Collections.Concurrent;
using Platform.Grains;

namespace Platform.Gateway.Tests.Doubles;

/// <summary>Response grains that play a script and remember what they were asked.</summary>
public sealed class ScriptedResponses
{
    private readonly ConcurrentQueue<ResponseRequest> _requests = new();

    /// <summary>What each response answers to its start.</summary>
    public Func<ResponseRequest, ResponseStart> Start { get; set; } = request =>
        new ResponseAccepted(7, "numerics-1", ReasoningMode.Fast, OpensReasoning: false, request.MaxTokens ?? 100);

    /// <summary>The events of each response; numbered by this class.</summary>
    public Func<ResponseRequest, CancellationToken, IAsyncEnumerable<ResponseEvent>> Events { get; set; } =
        (request, _) => Script.Text("Hello", request.Choices);

    public IReadOnlyList<ResponseRequest> Requests => [.. _requests];

    public ResponseRequest Last => Requests[^1];

    /// <summary>Ids of cancelled responses, in order.</summary>
    public ConcurrentQueue<string> Cancelled { get; } = new();

    public IResponseGrain Grain(string id) => new Double(this, id);

    private sealed class Double(ScriptedResponses script, string id) : IResponseGrain
    {
        private static readonly ConcurrentDictionary<string, ResponseRequest> Started = new();

        public Task<ResponseStart> StartAsync(ResponseRequest request, CancellationToken cancellationToken = default)
        {
            script._requests.Enqueue(request);
            Started[id] = request;
            return Task.FromResult(script.Start(request));
        }

        public async IAsyncEnumerable<ResponseEvent> ReadAsync(
            long startingAfter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
        {
            var number = 0L;
            await foreach (var next in script.Events(Started[id], cancellationToken))
                yield return next with { Number = ++number };
        }

        public Task CancelAsync()
        {
            script.Cancelled.Enqueue(id);
            return Task.CompletedTask;
        }
    }
}
