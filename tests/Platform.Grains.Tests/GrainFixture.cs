using Conformance.ScriptedDecoder;
using Microsoft.Extensions.DependencyInjection;

namespace Platform.Grains.Tests;

/// <summary>Starts a platform of real grains and services with scripted decoders, and talks to its grains.</summary>
internal static class GrainFixture
{
    public const string Model = "scripted-model";

    public static CancellationToken Patience => TestContext.Current.CancellationToken;

    public static ScriptedDecoder Decoder(string reply, string appId = "decoder-a") => new(appId, Model, _ => new ScriptedReply(reply));

    public static Task<ScriptedPlatform> StartAsync(ScriptedDecoder decoder, Action<ResponseOptions>? options = null) =>
        StartAsync([decoder], options);

    public static Task<ScriptedPlatform> StartAsync(ScriptedDecoder[] decoders, Action<ResponseOptions>? options = null) =>
        ScriptedPlatform.StartAsync(
            TokenizerFixture.Tiny35Directory,
            decoders,
            embedded => embedded with
            {
                IncludeGateway = false,
                ConfigureServices = services =>
                {
                    embedded.ConfigureServices!(services);
                    if (options is not null)
                        services.Configure(options);
                },
            },
            Patience);

    public static IResponseGrain NewResponse(this ScriptedPlatform platform, string? id = null) =>
        platform.Platform.Grains.GetGrain<IResponseGrain>(id ?? $"resp-{Guid.NewGuid():n}");

    public static ResponseRequest Request(string text = "Hello", int choices = 1, int? maxTokens = null) => new()
    {
        Model = Model,
        Prompt = new TextResponsePrompt(text),
        Sampling = new SamplingSettings { Seed = 7 },
        Choices = choices,
        MaxTokens = maxTokens,
    };

    public static async Task<IResponseGrain> AcceptedAsync(this ScriptedPlatform platform, ResponseRequest request)
    {
        var response = platform.NewResponse();
        Assert.IsType<ResponseAccepted>(await response.StartAsync(request, Patience));
        return response;
    }

    public static async Task<List<ResponseEvent>> ReadAllAsync(this IResponseGrain response, long startingAfter = 0)
    {
        List<ResponseEvent> events = [];
        await foreach (var next in response.ReadAsync(startingAfter, Patience))
            events.Add(next);
        return events;
    }

    public static string TextOf(this IEnumerable<ResponseEvent> events, int choice = 0) => System.Text.Encoding.UTF8.GetString(
        [.. events.Where(e => e.Choice == choice).OfType<TokensEvent>().SelectMany(e => e.Tokens).SelectMany(token => token.Bytes)]);

    public static FinishedEvent Finish(this IEnumerable<ResponseEvent> events, int choice = 0) =>
        Assert.Single(events.OfType<FinishedEvent>(), e => e.Choice == choice);

    /// <summary>Waits until something becomes true; the test's own limit ends a wait in vain.</summary>
    public static async Task UntilAsync(Func<bool> holds)
    {
        while (!holds())
            await Task.Delay(10, Patience);
    }
}
