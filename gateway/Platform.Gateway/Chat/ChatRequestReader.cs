using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Options;
using Platform.Gateway.Responses;
using Platform.Grains;

namespace Platform.Gateway.Chat;

/// <summary>Reads and checks the body of a chat completion.</summary>
internal static class ChatRequestReader
{
    private const int MaxTopLogprobs = 20;

    public static ChatRequest Read(FieldReader fields, ServedModel model, GatewayOptions options, Warnings warnings)
    {
        var generation = GenerationReader.Read(fields, model, options);
        CheckFormat(fields);
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

        var request = new ChatRequest
        {
            Model = model,
            Generation = generation,
            Conversation = conversation,
            Reasoning = reasoning,
            ToolCallsAllowed = ReadToolChoice(fields),
            FirstCallOnly = fields.Boolean("parallel_tool_calls") == false,
            Logprobs = fields.Boolean("logprobs") ?? false,
            TopLogprobs = (int)(fields.Integer("top_logprobs", 0, MaxTopLogprobs) ?? 0),
            Tools = ToolsOf(conversation, options),
        };
        if (request is { TopLogprobs: > 0, Logprobs: false })
            throw ApiException.Invalid("'top_logprobs' is asked for but 'logprobs' is not true. Set 'logprobs' to true.", "top_logprobs");
        fields.Accept("model", "store", "verbosity");
        fields.WarnOfUnread();
        return request;
    }

    private static bool ReadToolChoice(FieldReader fields)
    {
        if (fields.Find("tool_choice") is not { } choice)
            return true;
        if (choice.ValueKind == JsonValueKind.String && choice.ValueEquals("auto"))
            return true;
        if (choice.ValueKind == JsonValueKind.String && choice.ValueEquals("none"))
            return false;
        throw ApiException.Invalid(
            $"'tool_choice' is {JsonWords.Describe(choice)}, but supported are \"auto\" and \"none\": this server cannot yet make the model call a tool. " +
            "Send \"auto\" and ask for the call in a message.",
            "tool_choice",
            "unsupported_value");
    }

    private static void CheckFormat(FieldReader fields)
    {
        if (fields.Object("response_format") is { } format && format.Text("type") is var type && type != "text")
        {
            throw ApiException.Invalid(
                $"'response_format.type' is '{JsonWords.Shorten(type ?? "")}', but supported is \"text\". Leave it out and ask for JSON in a message.",
                "response_format.type",
                "unsupported_value");
        }

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
