using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Completions;

/// <summary>A checked request for plain completions.</summary>
/// <param name="Model">The model asked for.</param>
/// <param name="Generation">How tokens are drawn.</param>
/// <param name="Prompts">Each gets <c>n</c> choices.</param>
/// <param name="Logprobs">How many alternatives to tell at each token; null: no log probabilities.</param>
/// <param name="Form">What the text must look like, or null: free.</param>
internal sealed record CompletionRequest(
    ServedModel Model, GenerationSettings Generation, IReadOnlyList<ResponsePrompt> Prompts, int? Logprobs, AnswerForm? Form);
