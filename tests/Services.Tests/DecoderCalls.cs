using Grpc.Core;
using Platform.Contracts.Decoding;

namespace Services.Tests;

/// <summary>Whole calls of the decoder service.</summary>
internal static class DecoderCalls
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public static GenerateStart Greedy(int maxTokens) => new()
    {
        ResponseId = Guid.NewGuid().ToString("n"),
        Epoch = 1,
        Model = Goldens.Model,
        Sampling = new SamplingParameters { TopP = 1, RepetitionPenalty = 1, Seed = 5 },
        MaxTokens = maxTokens,
    };

    public static async Task<AsyncDuplexStreamingCall<GeneratePart, GenerateEvent>> BeginAsync(
        this Decoding.DecodingClient client, GenerateStart start, int[] prompt, CancellationToken cancellationToken = default)
    {
        var call = client.Generate(cancellationToken: cancellationToken);
        await call.RequestStream.WriteAsync(new GeneratePart { Start = start }, Patience);
        foreach (var part in prompt.Chunk(50))
            await call.RequestStream.WriteAsync(new GeneratePart { Prompt = new PromptIds { Ids = { part } } }, Patience);
        await call.RequestStream.WriteAsync(new GeneratePart { Begin = true }, Patience);
        await call.RequestStream.CompleteAsync();
        return call;
    }

    public static async Task<List<GenerateEvent>> GenerateAsync(this Decoding.DecodingClient client, GenerateStart start, int[] prompt)
    {
        using var call = await client.BeginAsync(start, prompt, Patience);
        List<GenerateEvent> events = [];
        await foreach (var next in call.ResponseStream.ReadAllAsync(Patience))
            events.Add(next);
        Assert.NotNull(events[0].Accepted);
        Assert.NotNull(events[^1].Finished);
        return events;
    }

    public static int[] Ids(this IEnumerable<GenerateEvent> events) =>
        [.. events.Where(e => e.Tokens is not null).SelectMany(e => e.Tokens.Tokens_).Select(token => token.Id)];

    public static Finished Finish(this IEnumerable<GenerateEvent> events) => events.Last().Finished;
}
