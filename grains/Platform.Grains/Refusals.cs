using Grpc.Core;

namespace Platform.Grains;

/// <summary>The answers to responses that cannot start: what was found, the rule, the cure.</summary>
internal static class Refusals
{
    public static RefusalException UnknownModel(string model) => new(new ResponseRefused(
        404, "model_not_found", $"No decoder serves the model '{model}'. GET /v1/models lists the models that can be asked.", "model"));

    public static RefusalException ContextExceeded(int promptTokens, int maxContext) => new(new ResponseRefused(
        400, "context_length_exceeded",
        $"The prompt has {promptTokens} tokens, but the model's context is {maxContext} tokens, prompt and output together. " +
        "Shorten the conversation.",
        "messages"));

    public static RefusalException EmptyPrompt() => new(new ResponseRefused(
        400, "empty_prompt", "The prompt has no tokens, so there is nothing to continue. Send at least one character.", "prompt"));

    public static RefusalException IdOutOfRange(int id, int idCount) => new(new ResponseRefused(
        400, "invalid_prompt", $"The prompt contains the token id {id}, but the model's ids are 0 to {idCount - 1}.", "prompt"));

    public static RefusalException TooManyChoices(int choices, int limit) => new(new ResponseRefused(
        400, "too_many_choices", $"{choices} choices were asked for; a response has 1 to {limit}. Lower n, or send several requests.", "n"));

    public static RefusalException NoVision(string model) => new(new ResponseRefused(
        400, "vision_not_supported", $"The model '{model}' understands no pictures or videos; leave them out or choose another model.",
        "messages"));

    public static RefusalException ToolsTooLarge(int bytes, int limit) => new(new ResponseRefused(
        400, "tools_too_large", $"The tool list has {bytes} bytes; at most {limit} are taken. Shorten descriptions or offer fewer tools.",
        "tools"));

    public static RefusalException Full(string model, TimeSpan retryAfter) => new(new ResponseRefused(
        429, "decoders_full", $"Every decoder of '{model}' has a full queue. Send the request again in {retryAfter.TotalSeconds:0} s.",
        RetryAfter: retryAfter));

    public static RefusalException NoDecoder(string model, TimeSpan retryAfter) => new(new ResponseRefused(
        503, "no_decoder",
        $"No decoder of '{model}' answers at the moment. Send the request again in {retryAfter.TotalSeconds:0} s.",
        RetryAfter: retryAfter));

    public static RefusalException ServiceAway(string service, TimeSpan retryAfter) => new(new ResponseRefused(
        503, "service_unavailable",
        $"The {service} service does not answer at the moment. Send the request again in {retryAfter.TotalSeconds:0} s.",
        RetryAfter: retryAfter));

    public static RefusalException Invalid(string message, string? parameter) => new(new ResponseRefused(
        400, "invalid_request", message, parameter));

    public static RefusalException MediaGone(string message, TimeSpan retryAfter) => new(new ResponseRefused(
        503, "precondition_failed", message, RetryAfter: retryAfter));

    /// <summary>Whether the call ended because this side or its client gave up.</summary>
    public static bool IsCancelled(RpcException error) => error.StatusCode == StatusCode.Cancelled;
}
