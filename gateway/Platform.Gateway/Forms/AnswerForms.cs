using System.Text.Json;
using Platform.Gateway.Chat;
using Platform.Gateway.Errors;
using Platform.Grains;
using Platform.Text.Grammar;

namespace Platform.Gateway.Forms;

/// <summary>
/// Puts together what an answer must look like and compiles it, so that what cannot be constrained is a 400 before anything is generated.
/// </summary>
internal static class AnswerForms
{
    /// <summary>The form of a plain completion, or null when it is free.</summary>
    public static AnswerForm? Of(ContentRequest content, CancellationToken cancellationToken) =>
        Compiled(new GrammarRequest { Content = content.Form, Source = content.Source }, content.Field, cancellationToken);

    /// <summary>The form of a chat's answer, or null when it is free.</summary>
    public static AnswerForm? Of(ContentRequest content, ToolUse use, JsonElement? tools, CancellationToken cancellationToken)
    {
        var calls = use.Required ? ToolCallForm.Required
            : tools is { } list && use.Allowed && (content.Form != ContentForm.Free || use.Functions is not null || list.EnumerateArray().Any(IsStrict)) ? ToolCallForm.Checked
            : ToolCallForm.Free;
        var request = new GrammarRequest
        {
            // With calls alone there is no content to have a form.
            Content = use.Required ? ContentForm.Free : content.Form,
            Source = use.Required ? "" : content.Source,
            Calls = calls,
            Tools = tools,
            Functions = use.Functions,
            SingleCall = use.Single,
        };
        return Compiled(request, content.Form == ContentForm.Free || use.Required ? "tools" : content.Field, cancellationToken);
    }

    private static AnswerForm? Compiled(GrammarRequest request, string field, CancellationToken cancellationToken)
    {
        if (!request.Constrains)
            return null;
        try
        {
            CompiledGrammar.Compile(request, null, cancellationToken);
        }
        catch (GrammarException error)
        {
            throw ApiException.Invalid($"'{field}' cannot be followed. {error.Message}", field, "unsupported_grammar");
        }

        return new AnswerForm
        {
            Content = request.Content switch
            {
                ContentForm.JsonObject => AnswerContent.JsonObject,
                ContentForm.JsonSchema => AnswerContent.JsonSchema,
                ContentForm.Expression => AnswerContent.Expression,
                _ => AnswerContent.Free,
            },
            Source = request.Source,
            Calls = request.Calls switch
            {
                ToolCallForm.Checked => AnswerCalls.Checked,
                ToolCallForm.Required => AnswerCalls.Required,
                _ => AnswerCalls.Free,
            },
            Functions = request.Functions ?? [],
            SingleCall = request.SingleCall,
        };
    }

    private static bool IsStrict(JsonElement tool) =>
        tool.TryGetProperty("function", out var function) && function.TryGetProperty("strict", out var strict) && strict.ValueKind == JsonValueKind.True;
}
