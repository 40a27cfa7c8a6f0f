using Platform.Gateway.Observability;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Completions;

/// <summary>The state of a plain completion while its events come in: prompts times choices, numbered prompt by prompt.</summary>
internal sealed class CompletionAnswer(long created, CompletionRequest request, IReadOnlyList<RunningResponse> responses, ResponseClock clock)
{
    public string Id => responses[0].Id;

    public long Created => created;

    public CompletionRequest Request => request;

    public string NumericsId => responses[0].Accepted.NumericsId;

    /// <summary>As a number that means the same seed when it is sent again.</summary>
    public long Seed => unchecked((long)request.Generation.Sampling.Seed);

    public IReadOnlyList<CompletionChoice> Choices { get; } =
        [.. Enumerable.Range(0, responses.Count * request.Generation.Choices).Select(index => new CompletionChoice(index, request))];

    public TokenUsage Usage => new(
        responses.Sum(response => response.Accepted.PromptTokens),
        Enumerable.Range(0, responses.Count).Sum(response => Choices[response * request.Generation.Choices].CachedTokens),
        Choices.Sum(choice => choice.Tokens),
        0);

    /// <summary>Takes the next event in. Returns the choice it belongs to.</summary>
    /// <exception cref="Errors.ApiException">The response failed.</exception>
    public CompletionChoice Take(int response, ResponseEvent next)
    {
        var choice = Choices[(response * request.Generation.Choices) + next.Choice];
        switch (next)
        {
            case TokensEvent tokens:
                clock.Token();
                choice.Append(tokens);
                break;
            case FinishedEvent finished:
                choice.Finish(finished, clock);
                break;
        }

        return choice;
    }
}
