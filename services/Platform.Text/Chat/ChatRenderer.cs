using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>
/// Writes a conversation as the official templates do, character by character, and remembers which characters the template
/// wrote (trusted) and which the client (untrusted).
/// </summary>
public static class ChatRenderer
{
    /// <summary>Renders a conversation in the template's own form; requests go through <see cref="ChatNormalization"/> first.</summary>
    /// <param name="template">Which template to follow.</param>
    /// <param name="prompt">The conversation and the template's variables.</param>
    /// <exception cref="ChatRenderException">The template refuses the conversation.</exception>
    public static RenderedChat Render(ChatTemplate template, ChatPrompt prompt)
    {
        ArgumentNullException.ThrowIfNull(prompt);
        return new Rendering(template, prompt).Run();
    }

    private sealed class Rendering(ChatTemplate template, ChatPrompt prompt)
    {
        private readonly PromptBuilder _out = new();
        private readonly MessageContent _content = new(prompt.AddVisionId);
        private readonly JsonElement[] _messages = Messages(prompt.Messages);
        private bool _opensThinking;

        public RenderedChat Run()
        {
            WriteSystem();
            int lastQuery = LastQuery();
            int turnsToQuery = 0;
            for (int index = 0; index < _messages.Length; index++)
            {
                WriteMessage(index, lastQuery);
                if (index == lastQuery)
                    turnsToQuery = _out.Turns;
            }

            if (prompt.AddGenerationPrompt && !prompt.ContinueFinalMessage)
                WriteGenerationPrompt();
            return new RenderedChat(_out.Build(), _opensThinking) { TurnsToLastQuery = turnsToQuery };
        }

        private static JsonElement[] Messages(JsonElement messages)
        {
            if (messages.ValueKind != JsonValueKind.Array || messages.GetArrayLength() == 0)
                throw new ChatRenderException("No messages provided.");
            return [.. messages.EnumerateArray()];
        }

        private void WriteSystem()
        {
            bool hasSystem = JsonText.Is(_messages[0], "role", "system");
            if (Tools() is { } tools)
                WriteTools(tools, hasSystem);
            else if (hasSystem)
                WriteTurn(TemplateText.SystemTurn, _content.System(_messages[0], 0));
        }

        private JsonElement? Tools()
        {
            if (prompt.Tools is not { } tools || tools.ValueKind is JsonValueKind.Null or JsonValueKind.Object or JsonValueKind.Undefined)
                return null;
            if (tools.ValueKind != JsonValueKind.Array)
                throw new ChatRenderException("'tools' must be a list of tools.");
            return tools.GetArrayLength() == 0 ? null : tools;
        }

        private void WriteTools(JsonElement tools, bool hasSystem)
        {
            _out.Trusted(TemplateText.SystemTurn);
            _out.Trusted(TemplateText.ToolsHeading);
            foreach (var tool in tools.EnumerateArray())
            {
                _out.Trusted("\n");
                _out.Untrusted(PythonJson.Dumps(tool));
            }

            _out.Trusted(TemplateText.ToolsFormat);
            if (hasSystem && _content.System(_messages[0], 0) is { IsEmpty: false } content)
            {
                _out.Trusted("\n\n");
                content.WriteTo(_out);
            }

            _out.Trusted(TemplateText.TurnEnd);
        }

        /// <summary>Index of the last user message that is not wholly a wrapped tool result.</summary>
        private int LastQuery()
        {
            for (int index = _messages.Length - 1; index >= 0; index--)
            {
                if (!JsonText.Is(_messages[index], "role", "user"))
                    continue;
                var content = _content.Peek(_messages[index], index);
                if (!content.StartsWith(TemplateText.ToolResponseStart) || !content.EndsWith(TemplateText.ToolResponseEnd))
                    return index;
            }

            throw new ChatRenderException("No user query found in messages.");
        }

        private void WriteMessage(int index, int lastQuery)
        {
            var message = _messages[index];
            var content = _content.Next(message, index);
            bool isLast = index == _messages.Length - 1;
            switch (Role(message, index))
            {
                case "system" when index == 0:
                    break;
                case "system":
                    throw new ChatRenderException("System message must be at the beginning.", index);
                case "user":
                    RefuseToContinue(isLast, index);
                    WriteTurn(TemplateText.UserTurn, content);
                    break;
                case "assistant":
                    WriteAssistant(message, content, index, index > lastQuery, isLast);
                    break;
                case "tool":
                    RefuseToContinue(isLast, index);
                    WriteToolResult(content, index);
                    break;
                default:
                    throw new ChatRenderException("Unexpected message role. A role is system, user, assistant or tool.", index);
            }
        }

        private static string Role(JsonElement message, int index) => JsonText.Get(message, "role") is { ValueKind: JsonValueKind.String } role
            ? JsonText.String(role)
            : throw new ChatRenderException("Unexpected message role. A message is an object with a 'role'.", index);

        private void RefuseToContinue(bool isLast, int index)
        {
            if (isLast && prompt.ContinueFinalMessage)
                throw new ChatRenderException("Only an assistant message can be continued, and the last message is none.", index);
        }

        private void WriteTurn(string opening, ContentText content)
        {
            _out.Trusted(opening);
            content.WriteTo(_out);
            _out.Trusted(TemplateText.TurnEnd);
        }

        private void WriteAssistant(JsonElement message, ContentText content, int index, bool afterQuery, bool isLast)
        {
            (var reasoning, content) = SplitReasoning(message, content);
            _out.Trusted(TemplateText.AssistantTurn);
            if (ShowsReasoning(reasoning, afterQuery))
            {
                _out.Trusted(TemplateText.ThinkOpened);
                reasoning.WriteTo(_out);
                _out.Trusted(TemplateText.ThinkClosed);
            }

            content.WriteTo(_out);
            ToolCallText.Write(_out, template, message, index, afterContent: !content.Trim().IsEmpty);
            if (isLast && prompt.ContinueFinalMessage)
                _opensThinking = content.EndsInsideThinking();
            else
                _out.Trusted(TemplateText.TurnEnd);
        }

        private static (ContentText Reasoning, ContentText Content) SplitReasoning(JsonElement message, ContentText content)
        {
            if (JsonText.Get(message, "reasoning_content") is { ValueKind: JsonValueKind.String } given)
                return (ContentText.FromClient(JsonText.String(given)).Trim(), content);
            if (!content.Contains(TemplateText.ThinkEnd))
                return (ContentText.FromClient(string.Empty), content);
            var before = content.BeforeFirst(TemplateText.ThinkEnd).TrimEndNewlines();
            return (
                before.AfterLast(TemplateText.ThinkStart).TrimStartNewlines().Trim(),
                content.AfterLast(TemplateText.ThinkEnd).TrimStartNewlines());
        }

        private bool ShowsReasoning(ContentText reasoning, bool afterQuery) => template switch
        {
            ChatTemplate.Qwen36 => afterQuery || prompt.PreserveThinking == true,
            ChatTemplate.Qwen35LlamaCpp => afterQuery && !reasoning.IsEmpty,
            _ => afterQuery,
        };

        private void WriteToolResult(ContentText content, int index)
        {
            // A result as very first message gets no turn opening: a defect of the templates that the models were trained with.
            if (index > 0 && !JsonText.Is(_messages[index - 1], "role", "tool"))
                _out.Trusted(TemplateText.ToolTurn);
            _out.Trusted("\n" + TemplateText.ToolResponseStart + "\n");
            content.WriteTo(_out);
            _out.Trusted("\n" + TemplateText.ToolResponseEnd);
            if (index == _messages.Length - 1 || !JsonText.Is(_messages[index + 1], "role", "tool"))
                _out.Trusted(TemplateText.TurnEnd);
        }

        private void WriteGenerationPrompt()
        {
            bool thinks = template == ChatTemplate.Qwen35Small ? prompt.EnableThinking == true : prompt.EnableThinking != false;
            _out.Trusted(TemplateText.AssistantTurn + TemplateText.ThinkOpened);
            if (!thinks)
                _out.Trusted(TemplateText.ThinkClosed);
            _opensThinking = thinks;
        }
    }
}
