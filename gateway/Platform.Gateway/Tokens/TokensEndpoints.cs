using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;
using Platform.Contracts.Tokenization;
using Platform.Gateway.Chat;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Keys;
using Platform.Gateway.Media;
using Platform.Gateway.Models;
using Platform.Gateway.Options;
using Platform.Gateway.Responses;
using Platform.Grains;
using WireMode = Platform.Contracts.Tokenization.ReasoningMode;

namespace Platform.Gateway.Tokens;

/// <summary><c>POST /tokenize</c> of a text or a conversation, and <c>POST /detokenize</c>.</summary>
internal sealed class TokensEndpoints(ModelCatalogue models, TokenizerService tokenizer, MediaUpload media, IOptions<GatewayOptions> options)
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/tokenize", (HttpContext context, TokensEndpoints endpoints) => endpoints.TokenizeAsync(context));
        routes.MapPost("/detokenize", (HttpContext context, TokensEndpoints endpoints) => endpoints.DetokenizeAsync(context));
    }

    private async Task TokenizeAsync(HttpContext context)
    {
        var warnings = new Warnings();
        var caller = KeyCheck.Of(context);
        using var body = await RequestBody.ReadAsync(context, options.Value);
        var fields = new FieldReader(body.Root, "", warnings);
        var model = await ModelAsync(fields, caller, context.RequestAborted);
        var wantsStrings = fields.Boolean("return_token_strs") ?? false;
        fields.Accept("add_special_tokens");
        var ids = fields.Find("messages") is null
            ? await EncodeAsync(fields, context.RequestAborted)
            : await RenderAsync(fields, model, caller, warnings, context.RequestAborted);
        fields.WarnOfUnread();
        warnings.WriteTo(context.Response);
        var strings = wantsStrings ? await StringsAsync(ids, context.RequestAborted) : null;
        await JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("count", ids.Count);
            writer.WriteNumber("max_model_len", model.MaxContext);
            writer.WriteStartArray("tokens");
            foreach (var id in ids)
                writer.WriteNumberValue(id);
            writer.WriteEndArray();
            if (strings is null)
            {
                writer.WriteNull("token_strs");
            }
            else
            {
                writer.WriteStartArray("token_strs");
                foreach (var text in strings)
                    writer.WriteStringValue(text);
                writer.WriteEndArray();
            }

            writer.WriteEndObject();
        });
    }

    private async Task DetokenizeAsync(HttpContext context)
    {
        var warnings = new Warnings();
        using var body = await RequestBody.ReadAsync(context, options.Value);
        var fields = new FieldReader(body.Root, "", warnings);
        var model = await ModelAsync(fields, KeyCheck.Of(context), context.RequestAborted);
        var tokens = fields.Array("tokens", model.MaxContext, "")
            ?? throw ApiException.Invalid("'tokens' is missing, but must be an array of token ids.", "tokens");
        var ids = tokens.GetArrayLength() == 0 ? [] : TokenIds.Read(tokens, "tokens", model);
        fields.WarnOfUnread();
        warnings.WriteTo(context.Response);
        var text = ids.Length == 0 ? "" : await tokenizer.DecodeAsync(ids, context.RequestAborted);
        await JsonAnswer.WriteAsync(context, writer =>
        {
            writer.WriteStartObject();
            writer.WriteString("prompt", text);
            writer.WriteEndObject();
        });
    }

    // These two are asked about the model that is served; naming it is optional where there is only one.
    private async Task<ServedModel> ModelAsync(FieldReader fields, Caller caller, CancellationToken cancellationToken)
    {
        if (fields.Find("model") is not null)
            return await models.FindAsync(ModelName.Read(fields), caller, cancellationToken);
        var served = await models.ListAsync(caller, cancellationToken);
        return served.Count == 1 ? served[0] : await models.FindAsync(ModelName.Read(fields), caller, cancellationToken);
    }

    private Task<IReadOnlyList<int>> EncodeAsync(FieldReader fields, CancellationToken cancellationToken)
    {
        var text = fields.Text("prompt")
            ?? throw ApiException.Invalid("'prompt' and 'messages' are both missing. Send a text as 'prompt' or a conversation as 'messages'.", "prompt");
        var parseSpecial = fields.Boolean("parse_special") ?? false;
        return text.Length == 0 ? Task.FromResult<IReadOnlyList<int>>([]) : tokenizer.EncodeAsync(text, parseSpecial, cancellationToken);
    }

    private async Task<IReadOnlyList<int>> RenderAsync(
        FieldReader fields, ServedModel model, Caller caller, Warnings warnings, CancellationToken cancellationToken)
    {
        var conversation = ConversationReader.Read(fields, options.Value, warnings);
        var reasoning = ReasoningReader.Read(fields, conversation.EndsWithAssistant, warnings);
        if (conversation.Media.Count > 0 && !model.Vision)
            throw ApiException.Invalid($"'{model.Name}' understands text only. Send no pictures.", conversation.Media[0].Path, "vision_unsupported");
        var handles = await media.UploadAsync(conversation.Media, caller.CacheSalt, cancellationToken);
        var render = new RenderChatOptions
        {
            AddGenerationPrompt = reasoning.AddGenerationPrompt,
            ContinueFinalMessage = reasoning.ContinueFinalMessage,
            ReasoningMode = (WireMode)reasoning.Mode,
            AddVisionId = reasoning.AddVisionId,
            ReasoningEffort = reasoning.Effort,
        };
        if (reasoning.PreserveThinking is { } preserve)
            render.PreserveThinking = preserve;
        render.Media.AddRange(handles.Select(Grid));
        return await tokenizer.RenderChatAsync(conversation.Json, render, cancellationToken);
    }

    private async Task<IReadOnlyList<string>> StringsAsync(IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        // The service decodes ids into one text; each distinct id is asked for alone.
        var texts = new Dictionary<int, string>();
        foreach (var id in ids.Distinct())
            texts[id] = await tokenizer.DecodeAsync([id], cancellationToken);
        return [.. ids.Select(id => texts[id])];
    }

    private static MediaGrid Grid(MediaHandle handle)
    {
        var grid = new MediaGrid { Kind = handle.Video ? MediaKind.Video : MediaKind.Picture, T = handle.T, H = handle.H, W = handle.W };
        grid.Timestamps.AddRange(handle.Timestamps);
        return grid;
    }
}
