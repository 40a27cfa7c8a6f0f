using System.Text.Json;
using Platform.Text.Chat;

namespace Platform.Text.Tests.Chat;

/// <summary>Requests in their wire form become what the template knows.</summary>
public sealed class NormalizedRequests
{
    [Fact]
    public void Row_17_argument_strings_become_objects_and_keep_their_numbers()
    {
        string text = Render(
            """
            [{"role": "user", "content": "q"}, {"role": "assistant", "content": null, "tool_calls": [
              {"id": "1", "type": "function", "function": {"name": "f", "arguments": "{\"a\": 2.0, \"b\": 123456789012345678901234567890, \"c\": \"x\"}"}},
              {"name": "g", "arguments": " {} "}]}]
            """);
        Assert.Contains(
            "<function=f>\n<parameter=a>\n2.0\n</parameter>\n<parameter=b>\n123456789012345678901234567890\n</parameter>\n<parameter=c>\nx\n</parameter>\n</function>",
            text,
            StringComparison.Ordinal);
        Assert.Contains("<function=g>\n</function>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Row_17_the_stored_request_that_the_template_refuses_succeeds_through_the_API()
    {
        var row = ChatGoldenRow.All.Single(row => row.Name == "tool-args-json-string");
        var rendered = ChatRenderer.Render(ChatTemplate.Qwen35, ChatNormalization.Normalize(row.Prompt()));
        Assert.Contains("<parameter=a>\n1\n</parameter>", rendered.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"{\\\"a\\\": }\"", "valid JSON")]
    [InlineData("\"\"", "valid JSON")]
    [InlineData("\"[1]\"", "no JSON object")]
    [InlineData("\"5\"", "no JSON object")]
    [InlineData("null", "no JSON object")]
    [InlineData("[]", "no JSON object")]
    public void Arguments_that_are_no_object_are_refused_with_their_place(string arguments, string reason)
    {
        string messages = $$"""
            [{"role": "user", "content": "q"},
             {"role": "assistant", "tool_calls": [{"name": "f", "arguments": "{}"}, {"function": {"name": "g", "arguments": {{arguments}} } }] }]
            """;
        var error = Assert.Throws<ChatRenderException>(() => Render(messages));
        Assert.Equal(1, error.MessageIndex);
        Assert.Contains("messages[1].tool_calls[1]", error.Message, StringComparison.Ordinal);
        Assert.Contains(reason, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_nested_too_deep_are_refused()
    {
        string deep = string.Concat(Enumerable.Repeat("{\\\"a\\\":", 200)) + "1" + new string('}', 200);
        Assert.Throws<ChatRenderException>(() => Render(
            $$"""[{"role": "user", "content": "q"}, {"role": "assistant", "tool_calls": [{"name": "f", "arguments": "{{deep}}" }] }]"""));
    }

    [Theory]
    [InlineData("""[{"role": "developer", "content": "a"}, {"role": "user", "content": "q"}]""", "a")]
    [InlineData("""[{"role": "system", "content": "a"}, {"role": "developer", "content": "b"}, {"role": "user", "content": "q"}]""", "a\n\nb")]
    [InlineData("""[{"role": "system", "content": "a"}, {"role": "system", "content": null}, {"role": "system", "content": [{"type": "input_text", "text": "b"}]}, {"role": "user", "content": "q"}]""", "a\n\nb")]
    public void Leading_system_messages_become_one(string messages, string system) =>
        Assert.StartsWith($"<|im_start|>system\n{system}<|im_end|>\n<|im_start|>user\n", Render(messages), StringComparison.Ordinal);

    [Fact]
    public void Several_system_messages_are_refused_where_that_is_set_and_later_ones_always()
    {
        var request = Request("""[{"role": "system", "content": "a"}, {"role": "system", "content": "b"}, {"role": "user", "content": "q"}]""");
        var strict = ChatNormalization.Normalize(request, new ChatNormalizationOptions { StrictSystemMessages = true });
        Assert.Throws<ChatRenderException>(() => ChatRenderer.Render(ChatTemplate.Qwen35, strict));
        Assert.Throws<ChatRenderException>(() => Render("""[{"role": "user", "content": "q"}, {"role": "developer", "content": "b"}]"""));
    }

    [Fact]
    public void Parts_of_other_APIs_are_renamed_and_attachments_found_in_order()
    {
        var request = ChatNormalization.Normalize(Request(
            """
            [{"role": "user", "content": [
              {"type": "input_text", "text": "a"}, {"type": "video_url", "video_url": {"url": "v1"}}, {"type": "input_image", "image_url": "p1"},
              {"type": "image_url", "image_url": {"url": "p2"}}, {"type": "input_video", "input_video": "v2"}, {"type": "output_text", "text": "b"}]},
             {"role": "tool", "content": [{"type": "input_image", "file_id": "p3"}]}]
            """));
        const string Picture = "<|vision_start|><|image_pad|><|vision_end|>";
        const string Video = "<|vision_start|><|video_pad|><|vision_end|>";
        Assert.StartsWith(
            $"<|im_start|>user\na{Video}{Picture}{Picture}{Video}b<|im_end|>\n<|im_start|>user\n<tool_response>\n{Picture}\n",
            ChatRenderer.Render(ChatTemplate.Qwen35, request).Text,
            StringComparison.Ordinal);
        Assert.Equal(
            [(true, 0, 1), (false, 0, 2), (false, 0, 3), (true, 0, 4), (false, 1, 0)],
            ChatAttachments.InOrder(request.Messages).Select(found => (found.IsVideo, found.MessageIndex, found.PartIndex)));
        Assert.Equal("v1", ChatAttachments.InOrder(request.Messages)[0].Part.GetProperty("video").GetProperty("url").GetString());
    }

    [Theory]
    [InlineData("""{"reasoning": "r"}""", "r")]
    [InlineData("""{"reasoning": "r", "reasoning_content": null}""", "r")]
    [InlineData("""{"reasoning": "other", "reasoning_content": "r"}""", "r")]
    [InlineData("""{"reasoning": {"effort": "low"}}""", "")]
    public void Reasoning_has_two_names(string message, string reasoning)
    {
        string messages = $$"""[{"role": "user", "content": "q"}, {"role": "assistant", "content": "a", {{message[1..]}}]""";
        Assert.Contains($"<think>\n{reasoning}\n</think>\n\na<|im_end|>", Render(messages), StringComparison.Ordinal);
    }

    [Fact]
    public void The_effort_none_switches_thinking_off_unless_the_switch_is_given()
    {
        var request = Request("""[{"role": "user", "content": "q"}]""") with { ReasoningEffort = "none" };
        Assert.False(ChatRenderer.Render(ChatTemplate.Qwen35, ChatNormalization.Normalize(request)).OpensThinking);
        Assert.True(ChatRenderer.Render(ChatTemplate.Qwen35, ChatNormalization.Normalize(request with { EnableThinking = true })).OpensThinking);
        Assert.True(ChatRenderer.Render(ChatTemplate.Qwen35, ChatNormalization.Normalize(request with { ReasoningEffort = "low" })).OpensThinking);
    }

    [Fact]
    public void Template_variables_are_taken_over_if_they_are_scalars()
    {
        var request = Request("""[{"role": "user", "content": "q"}]""");
        var variables = JsonElement.Parse(
            """{"enable_thinking": false, "preserve_thinking": true, "add_vision_id": true, "reasoning_effort": "high", "other": 5}""");
        var taken = ChatNormalization.WithTemplateVariables(request, variables);
        Assert.Equal((false, true, true, "high"), (taken.EnableThinking, taken.PreserveThinking, taken.AddVisionId, taken.ReasoningEffort));
    }

    [Theory]
    [InlineData("""{"enable_thinking": "false"}""")]
    [InlineData("""{"enable_thinking": 0}""")]
    [InlineData("""{"other": [1]}""")]
    [InlineData("[]")]
    public void Other_template_variables_are_refused(string variables) => Assert.Throws<ChatRenderException>(
        () => ChatNormalization.WithTemplateVariables(Request("[]"), JsonElement.Parse(variables)));

    [Fact]
    public void Large_template_variables_are_refused() => Assert.Throws<ChatRenderException>(() => ChatNormalization.WithTemplateVariables(
        Request("[]"), JsonElement.Parse($$"""{"other": "{{new string('x', 5000)}}"}""")));

    private static ChatPrompt Request(string messages) => new() { Messages = JsonElement.Parse(messages) };

    private static string Render(string messages) =>
        ChatRenderer.Render(ChatTemplate.Qwen35, ChatNormalization.Normalize(Request(messages))).Text;
}
