using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Forms;
using Platform.Gateway.Json;
using Platform.Gateway.Options;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>Reads and checks the body of a chat completion.</summary>
internal static class ChatRequestReader
{
    private const int MaxTopLogprobs = 20;

    public static ChatRequest Read(FieldReader fields, ServedModel model, GatewayOptions options, Warnings warnings, CancellationToken cancellationToken)
    {
        var generation = GenerationReader.Read(fields, model, options);
        CheckModalities(fields);
        var conversation = ConversationReader.Read(fields, options, warnings);
        var reasoning = ReasoningReader.Read(fields, conversation.EndsWithAssistant, warnings);
        if (!reasoning.AddGenerationPrompt && !reasoning.ContinueFinalMessage)
        {
            throw ApiException.Invalid(
                "'add_generation_prompt' is false, so there would be no turn to answer in. Leave it out, or set 'continue_final_message' to true.",
                "add_generation_prompt");
        }

        if (conversation.Media.Count > 0 && !model.Vision)
        {
            throw ApiException.Invalid(
                $"'{conversation.Media[0].Path}' is a picture or video, but '{model.Name}' understands text only. Send text, or use another model.",
                conversation.Media[0].Path,
                "vision_unsupported");
        }

        var tools = ToolsOf(conversation, options);
        var use = ToolUseReader.Read(fields, tools);
        var form = AnswerForms.Of(Forms.ContentReader.Read(fields), use, tools, cancellationToken);
        if (form is not null && reasoning.ContinueFinalMessage)
        {
            throw ApiException.Invalid(
                "'continue_final_message' is true, but the form of an answer is kept from its beginning on. Leave one of the two out.",
                "continue_final_message");
        }

        var request = new ChatRequest
        {
            Model = model,
            Generation = generation,
            Conversation = conversation,
            Reasoning = reasoning,
            ToolUse = use,
            Form = form,
            Logprobs = fields.Boolean("logprobs") ?? false,
            TopLogprobs = (int)(fields.Integer("top_logprobs", 0, MaxTopLogprobs) ?? 0),
            Tools = tools,
        };
        if (request is { TopLogprobs: > 0, Logprobs: false })
            throw ApiException.Invalid("'top_logprobs' is asked for but 'logprobs' is not true. Set 'logprobs' to true.", "top_logprobs");
        fields.Accept("model", "store", "verbosity");
        fields.WarnOfUnread();
        return request;
    }

    private static void CheckModalities(FieldReader fields)
    {
        if (fields.Array("modalities", 16, "") is { } modalities
            && modalities.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String || !item.ValueEquals("text")))
        {
            throw ApiException.Invalid("'modalities' asks for more than \"text\", which is all that this server writes.", "modalities", "unsupported_value");
        }
    }

    // The parser of the output outlives the request's body, so it gets a copy.
    private static JsonElement? ToolsOf(Conversation conversation, GatewayOptions options)
    {
        if (conversation.ToolsJson.Length == 0)
            return null;
        var reader = new Utf8JsonReader(conversation.ToolsJson, new JsonReaderOptions { MaxDepth = options.MaxJsonDepth });
        return JsonElement.ParseValue(ref reader);
    }
}
