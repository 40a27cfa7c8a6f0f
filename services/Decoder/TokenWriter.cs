using Google.Protobuf;
using Grpc.Core;
using Platform.Contracts.Decoding;
using Platform.Engine;
using Platform.Text;
using WireFinish = Platform.Contracts.Decoding.FinishReason;

namespace Platform.Decoder;

/// <summary>
/// Writes one sequence's events to its caller, coalesced: the first token at once, then a message at most every so often, so that many
/// fast streams cost few messages.
/// </summary>
internal sealed class TokenWriter(
    IServerStreamWriter<GenerateEvent> stream, Tokenizer tokenizer, IReadOnlySet<int> hiddenIds, TimeSpan spacing, TimeProvider time)
{
    // With many alternatives a token is some kilobytes; a message stays far below its limit.
    private const int MaxTokensPerMessage = 128;

    private Tokens _message = new();
    private long? _lastWritten;
    private int _delivered;

    /// <summary>Tokens that go out together as the first message; all others follow coalesced.</summary>
    public int Held { get; init; } = 1;

    /// <summary>Called with the first message's tokens; what it returns is written before them.</summary>
    public Func<IReadOnlyList<GeneratedToken>, GenerateEvent?> BeforeHeld { get; init; } = static _ => null;

    /// <summary>Called for each token that is delivered.</summary>
    public Action Delivering { get; init; } = static () => { };

    /// <summary>Writes until the sequence ends; returns its last event.</summary>
    public async Task<SequenceEvent> WriteAllAsync(SequenceHandle sequence, CancellationToken cancellationToken)
    {
        while (await sequence.Events.WaitToReadAsync(cancellationToken))
        {
            while (sequence.Events.TryRead(out var next))
            {
                await AddAsync(next, cancellationToken);
                if (next.Finish is null)
                    continue;
                await FlushAsync(cancellationToken);
                await FinishAsync(next, cancellationToken);
                return next;
            }
            if (_delivered < Held)
                continue;
            if (_message.Tokens_.Count > 0 && Remaining() is var wait && wait > TimeSpan.Zero)
                await Task.Delay(wait, time, cancellationToken);
            if (Remaining() <= TimeSpan.Zero && !sequence.Events.TryPeek(out _))
                await FlushAsync(cancellationToken);
        }
        throw new InvalidOperationException("The engine completed a sequence's events without a last one.");
    }

    private async Task AddAsync(SequenceEvent next, CancellationToken cancellationToken)
    {
        if (!next.HasToken || (next.Finish == Engine.FinishReason.Stop && hiddenIds.Contains(next.Token)))
            return;
        _message.Tokens_.Add(Wire(next));
        Delivering();
        if (++_delivered == Held || _message.Tokens_.Count >= MaxTokensPerMessage)
            await FlushAsync(cancellationToken);
    }

    private async Task FlushAsync(CancellationToken cancellationToken)
    {
        if (_message.Tokens_.Count == 0)
            return;
        if (_lastWritten is null && BeforeHeld(_message.Tokens_) is { } before)
            await stream.WriteAsync(before, cancellationToken);
        var full = _message;
        _message = new Tokens();
        await stream.WriteAsync(new GenerateEvent { Tokens = full }, cancellationToken);
        _lastWritten = time.GetTimestamp();
    }

    private Task FinishAsync(SequenceEvent last, CancellationToken cancellationToken) => stream.WriteAsync(
        new GenerateEvent
        {
            Finished = new Finished
            {
                Reason = last.Finish switch
                {
                    Engine.FinishReason.Stop => WireFinish.Stop,
                    Engine.FinishReason.Length => WireFinish.Length,
                    Engine.FinishReason.Cancelled => WireFinish.Cancelled,
                    _ => WireFinish.Failed,
                },
                CachedTokens = last.CachedTokens,
                Error = last.Error ?? "",
            },
        },
        cancellationToken);

    private TimeSpan Remaining() => _lastWritten is { } last ? spacing - time.GetElapsedTime(last) : TimeSpan.Zero;

    private GeneratedToken Wire(SequenceEvent next)
    {
        var token = new GeneratedToken
        {
            Id = next.Token,
            Text = Bytes(next.Token),
            Special = tokenizer.IsSpecial(next.Token),
            Logprob = next.Logprob,
        };
        foreach (var top in next.Top ?? [])
            token.Top.Add(new Contracts.Decoding.TopLogprob { Id = top.Token, Text = Bytes(top.Token), Logprob = top.Logprob });
        return token;
    }

    private ByteString Bytes(int id) => ByteString.CopyFrom(tokenizer.TokenBytes(id));
}
