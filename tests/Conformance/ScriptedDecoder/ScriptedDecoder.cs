using System.Collections.Concurrent;
using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;

namespace Conformance.ScriptedDecoder;

/// <summary>One decoder that plays replies instead of computing them. Thread-safe.</summary>
public sealed class ScriptedDecoder
{
    private readonly ConcurrentQueue<ScriptedRequest> _requests = new();
    private int _running;
    private int _cancelled;
    private int _turns;

    /// <param name="appId">Its app id.</param>
    /// <param name="model">The model it claims to serve.</param>
    /// <param name="script">Chooses the reply.</param>
    public ScriptedDecoder(string appId, string model, Func<ScriptedRequest, ScriptedReply> script)
    {
        AppId = appId;
        Model = model;
        Script = script;
    }

    public string AppId { get; }

    public string Model { get; }

    /// <summary>May be changed while it runs.</summary>
    public Func<ScriptedRequest, ScriptedReply> Script { get; set; }

    /// <summary>Sequences it takes at a time; over it, RESOURCE_EXHAUSTED.</summary>
    public int Capacity { get; set; } = int.MaxValue;

    /// <summary>Tokens of prompt and output together.</summary>
    public int MaxContext { get; set; } = 65_536;

    public bool Vision { get; set; }

    /// <summary>What the checkpoint's template does by default.</summary>
    public ReasoningMode DefaultMode { get; set; } = ReasoningMode.Thinking;

    /// <summary>False: no heartbeats, so that its lease runs out.</summary>
    public bool Alive { get; set; } = true;

    /// <summary>What it was asked so far.</summary>
    public IReadOnlyCollection<ScriptedRequest> Requests => _requests;

    public int Running => Volatile.Read(ref _running);

    /// <summary>Sequences whose call was cancelled before they ended.</summary>
    public int Cancelled => Volatile.Read(ref _cancelled);

    internal DecoderDescription Describe(int idCount) => new()
    {
        AppId = AppId,
        Model = Model,
        NumericsId = "scripted",
        MaxContext = MaxContext,
        Vision = Vision,
        Defaults = new GenerationDefaults { Temperature = 1, TopP = 0.95f, TopK = 20, RepetitionPenalty = 1 },
        DefaultReasoningMode = DefaultMode,
        Created = 1_760_000_000,
        IdCount = idCount,
    };

    /// <summary>Takes a sequence, or not.</summary>
    internal bool TryEnter()
    {
        if (Interlocked.Increment(ref _running) <= Capacity)
            return true;
        Interlocked.Decrement(ref _running);
        return false;
    }

    internal void Leave(bool cancelled)
    {
        Interlocked.Decrement(ref _running);
        if (cancelled)
            Interlocked.Increment(ref _cancelled);
    }

    internal ScriptedReply Answer(GenerateStart start, IReadOnlyList<int> promptIds, string promptText)
    {
        var request = new ScriptedRequest(start, promptIds, promptText, Interlocked.Increment(ref _turns) - 1);
        _requests.Enqueue(request);
        return Script(request);
    }
}
