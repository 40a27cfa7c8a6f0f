using Grpc.Core;
using Platform.Contracts.Decoding;

namespace Platform.Grains;

/// <summary>One choice's stream from a decoder that accepted it. Disposing cancels what still runs.</summary>
internal sealed class ChoiceStream : IDisposable
{
    // 65,536 ids are at most 320 KiB on the wire.
    private const int IdsPerPart = 65_536;

    private readonly AsyncDuplexStreamingCall<GeneratePart, GenerateEvent> _call;

    private ChoiceStream(int choice, AsyncDuplexStreamingCall<GeneratePart, GenerateEvent> call)
    {
        Choice = choice;
        _call = call;
    }

    public int Choice { get; }

    /// <summary>Under which the decoder computes.</summary>
    public string NumericsId { get; private set; } = "";

    /// <summary>Sends a choice to a decoder and waits until it is accepted.</summary>
    /// <param name="decoder">The way to the decoder.</param>
    /// <param name="start">What it is told.</param>
    /// <param name="prompt">The prompt's ids.</param>
    /// <param name="acceptWithin">How long it may take to accept.</param>
    /// <param name="stream">Ends the stream, also later.</param>
    /// <param name="cancellationToken">Ends the wait for the acceptance.</param>
    /// <exception cref="RpcException">The decoder refused; see the contract for what each status means.</exception>
    /// <exception cref="TimeoutException">It neither accepted nor refused in time.</exception>
    public static async Task<ChoiceStream> OpenAsync(
        CallInvoker decoder,
        GenerateStart start,
        int[] prompt,
        TimeSpan acceptWithin,
        CancellationToken stream,
        CancellationToken cancellationToken)
    {
        var choice = new ChoiceStream(start.Choice, new Decoding.DecodingClient(decoder).Generate(cancellationToken: stream));
        try
        {
            await choice.AcceptedAsync(start, prompt).WaitAsync(acceptWithin, cancellationToken);
            return choice;
        }
        catch
        {
            choice.Dispose();
            throw;
        }
    }

    /// <summary>The events after the acceptance.</summary>
    public IAsyncEnumerable<GenerateEvent> ReadAsync(CancellationToken cancellationToken) =>
        _call.ResponseStream.ReadAllAsync(cancellationToken);

    public void Dispose() => _call.Dispose();

    private async Task AcceptedAsync(GenerateStart start, int[] prompt)
    {
        try
        {
            await SendAsync(start, prompt);
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            // The decoder has already answered; its status comes with the next read.
        }
        if (!await _call.ResponseStream.MoveNext(CancellationToken.None) || _call.ResponseStream.Current.Accepted is not { } accepted)
            throw new RpcException(new Status(StatusCode.Internal, "The decoder's first event was no acceptance."));
        NumericsId = accepted.NumericsId;
    }

    private async Task SendAsync(GenerateStart start, int[] prompt)
    {
        var requests = _call.RequestStream;
        // The parts wait in the buffer for the last one: a short prompt is one write to the wire and one read at the decoder.
        requests.WriteOptions = new WriteOptions(WriteFlags.BufferHint);
        await requests.WriteAsync(new GeneratePart { Start = start });
        for (var offset = 0; offset < prompt.Length; offset += IdsPerPart)
            await requests.WriteAsync(new GeneratePart { Prompt = Part(prompt, offset) });
        requests.WriteOptions = WriteOptions.Default;
        await requests.WriteAsync(new GeneratePart { Begin = true });
        await requests.CompleteAsync();
    }

    private static PromptIds Part(int[] prompt, int offset)
    {
        var part = new PromptIds();
        part.Ids.AddRange(new ArraySegment<int>(prompt, offset, Math.Min(IdsPerPart, prompt.Length - offset)));
        return part;
    }
}
