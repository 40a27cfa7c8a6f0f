using System.Text.Json;
using Grpc.Core;
using Platform.Contracts.Decoding;
using Platform.Engine;
using Platform.Text.Grammar;

namespace Platform.Decoder;

/// <summary>Turns a choice of the contract into a request to the engine.</summary>
internal sealed class SequenceRequests(ServedDecoder decoder, MediaPull media)
{
    /// <exception cref="RpcException">INVALID_ARGUMENT: cannot be served as asked. FAILED_PRECONDITION: its media are gone.</exception>
    public async Task<SequenceRequest> CreateAsync(GenerateRequest request, CancellationToken cancellationToken)
    {
        var start = request.Start;
        var pulled = await media.PullAsync(start.Media, request.PromptIds, cancellationToken);
        return new SequenceRequest
        {
            PromptTokens = request.PromptIds,
            Sampling = Sampling(start.Sampling ?? throw Invalid("The start needs sampling parameters.")),
            Media = pulled?.Embeddings,
            Positions = pulled?.Positions,
            Constraint = Constraint(start, cancellationToken),
            Stop = Stop(start),
            MaxTokens = start.MaxTokens,
            StopTokenIds = StopIds(start),
            IgnoreEos = start.IgnoreEos,
            Logprobs = start.Logprobs,
            TopLogprobs = start.Logprobs ? start.TopLogprobs : 0,
            Seed = start.Sampling.Seed,
            Choice = start.Choice,
            ReplayTokens = [.. start.ReplayIds],
            CacheSalt = start.CacheSalt,
            CheckpointPositions = [.. start.CheckpointPositions],
            ReturnPosition = start.ReturnPosition,
        };
    }

    /// <summary>All ids that end a choice.</summary>
    public int[] StopIds(GenerateStart start) => [.. decoder.StopIds.Union(start.StopTokenIds)];

    private StopRule? Stop(GenerateStart start)
    {
        try
        {
            return StopStrings.RuleFor(decoder.Tokenizer, start);
        }
        catch (JsonException error)
        {
            throw Invalid($"The tool list is not valid JSON: {error.Message}");
        }
    }

    private TokenConstraintRule? Constraint(GenerateStart start, CancellationToken cancellationToken)
    {
        var reasoning = Reasoning(start);
        if (start.Form is not { } form)
            return reasoning is null ? null : reasoning.Next;
        try
        {
            var automaton = decoder.Grammars.For(form, start.ToolsJson.Memory, cancellationToken);
            var startsInReasoning = start.Reasoning is { } control && (control.StartsOpen || control.Decide);
            return new AnswerRule(new GrammarGuide(automaton, startsInReasoning), reasoning).Next;
        }
        catch (GrammarException error)
        {
            throw Invalid(error.Message);
        }
        catch (JsonException error)
        {
            throw Invalid($"The tool list is not valid JSON: {error.Message}");
        }
    }

    private ReasoningRule? Reasoning(GenerateStart start)
    {
        if (start.Reasoning is not { } control || (!control.Decide && !(control.HasBudget && control.StartsOpen)))
            return null;
        if (control.HasBudget && control.Budget < 0)
            throw Invalid($"The reasoning budget is {control.Budget}; it must be at least 0.");
        if (decoder.Reasoning is not { } tags)
        {
            throw Invalid(
                "This model's vocabulary has no token for a newline, so thinking blocks cannot be closed or decided. " +
                "Use the thinking or the fast mode, without a budget.");
        }
        return new ReasoningRule(tags, decoder.Tokenizer, control);
    }

    private static Engine.SamplingParameters Sampling(Contracts.Decoding.SamplingParameters wire) => new()
    {
        Temperature = wire.Temperature,
        TopP = wire.TopP,
        TopK = wire.TopK,
        MinP = wire.MinP,
        RepetitionPenalty = wire.RepetitionPenalty,
        PresencePenalty = wire.PresencePenalty,
        FrequencyPenalty = wire.FrequencyPenalty,
        LogitBias = wire.LogitBias,
    };

    private static RpcException Invalid(string message) => new(new Status(StatusCode.InvalidArgument, message));
}
