using System.Globalization;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Forms;
using Platform.Gateway.Json;
using Platform.Gateway.Options;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Completions;

/// <summary>Reads and checks the body of a plain completion.</summary>
internal static class CompletionRequestReader
{
    private const int MaxLogprobs = 20;
    private const int DefaultMaxTokens = 16;

    public static CompletionRequest Read(FieldReader fields, ServedModel model, GatewayOptions options, Warnings warnings, CancellationToken cancellationToken)
    {
        var generation = GenerationReader.Read(fields, model, options);
        generation = generation with { MaxTokens = generation.MaxTokens ?? DefaultMaxTokens };
        RefuseUnsupported(fields);
        var prompts = Prompts(fields, model, options);
        if (prompts.Count * generation.Choices > options.MaxChoices)
        {
            throw ApiException.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{prompts.Count} prompts with {generation.Choices} choices each are more than {options.MaxChoices}. Send fewer, or raise Gateway:MaxChoices."),
                "prompt");
        }

        CheckBestOf(fields, generation.Choices);
        var form = AnswerForms.Of(ContentReader.Read(fields), cancellationToken);
        var request = new CompletionRequest(model, generation, prompts, (int?)fields.Integer("logprobs", 0, MaxLogprobs), form);
        fields.Accept("model");
        fields.WarnOfUnread();
        return request;
    }

    private static void RefuseUnsupported(FieldReader fields)
    {
        if (fields.Boolean("echo") == true)
            throw ApiException.Invalid("'echo' is true, but the prompt is not repeated here. Leave it out and put the prompt before the answer yourself.", "echo", "unsupported_value");
        if (fields.Text("suffix") is { Length: > 0 })
            throw ApiException.Invalid("'suffix' is not supported. Leave it out, or ask for the middle part in a chat message.", "suffix", "unsupported_value");
    }

    private static void CheckBestOf(FieldReader fields, int choices)
    {
        if (fields.Integer("best_of", 1, int.MaxValue) is { } best && best != choices)
        {
            throw ApiException.Invalid(
                string.Create(CultureInfo.InvariantCulture, $"'best_of' is {best} and 'n' is {choices}, but choices are not ranked here, so they must be equal. Leave 'best_of' out."),
                "best_of",
                "unsupported_value");
        }
    }

    private static IReadOnlyList<ResponsePrompt> Prompts(FieldReader fields, ServedModel model, GatewayOptions options)
    {
        const string rule = "a string, an array of strings, an array of token ids, or an array of such arrays";
        if (fields.Find("prompt") is not { } prompt)
            throw ApiException.Invalid($"'prompt' is missing, but must be {rule}.", "prompt");
        if (prompt.ValueKind == JsonValueKind.String)
            return [Text(prompt, "prompt")];
        if (prompt.ValueKind != JsonValueKind.Array)
            throw fields.Wrong("prompt", prompt, rule);
        if (prompt.GetArrayLength() == 0)
            throw ApiException.Invalid($"'prompt' is empty, but must be {rule}. Send at least one token or character.", "prompt");
        if (prompt[0].ValueKind == JsonValueKind.Number)
            return [Ids(prompt, "prompt", model)];
        fields.Array("prompt", options.MaxChoices, "Gateway:MaxChoices");
        return [.. prompt.EnumerateArray().Select((item, at) => Prompt(fields, item, at, model, rule))];
    }

    private static ResponsePrompt Prompt(FieldReader fields, JsonElement item, int at, ServedModel model, string rule)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"prompt[{at}]");
        return item.ValueKind switch
        {
            JsonValueKind.String => Text(item, name),
            JsonValueKind.Array => Ids(item, name, model),
            _ => throw fields.Wrong(name, item, rule),
        };
    }

    private static TextResponsePrompt Text(JsonElement prompt, string name)
    {
        var text = prompt.GetString()!;
        return text.Length > 0
            ? new TextResponsePrompt(text)
            : throw ApiException.Invalid($"'{name}' is empty, so there is nothing to complete. Send at least one character.", name);
    }

    private static TokenResponsePrompt Ids(JsonElement prompt, string name, ServedModel model) => new(TokenIds.Read(prompt, name, model));
}
