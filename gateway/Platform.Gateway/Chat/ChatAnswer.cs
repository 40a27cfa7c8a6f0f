using Platform.Gateway.Observability;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>The state of a chat response while its events come in.</summary>
internal sealed class ChatAnswer(string id, long created, ChatRequest request, ResponseAccepted accepted, ResponseClock clock)
{
    public string Id => id;

    public long Created => created;

    public ChatRequest Request => request;

    public string NumericsId => accepted.NumericsId;

    /// <summary>As a number that means the same seed when it is sent again.</summary>
    public long Seed => unchecked((long)request.Generation.Sampling.Seed);

    public IReadOnlyList<ChatChoice> Choices { get; } =
        [.. Enumerable.Range(0, request.Generation.Choices).Select(index => new ChatChoice(index, id, request, accepted))];

    /// <summary>How the response reasoned: the choices' mode; auto while they are undecided or differ.</summary>
    public ReasoningMode Mode => Choices.Select(choice => choice.Mode).Distinct().Count() == 1 ? Choices[0].Mode : ReasoningMode.Auto;

    public TokenUsage Usage => new(
        accepted.PromptTokens, Choices[0].CachedTokens, Choices.Sum(choice => choice.Tokens), Choices.Sum(choice => choice.ReasoningTokens));

    /// <summary>Takes the next event in. Returns the choice it belongs to.</summary>
    /// <exception cref="Errors.ApiException">The response failed.</exception>
    public ChatChoice Take(ResponseEvent next)
    {
        var choice = Choices[next.Choice];
        switch (next)
        {
            case TokensEvent tokens:
                clock.Token();
                choice.Append(tokens);
                break;
            case ReasoningModeEvent decided:
                choice.Mode = decided.Mode;
                break;
            case FinishedEvent finished:
                choice.Finish(finished, clock);
                break;
        }

        return choice;
    }
}
