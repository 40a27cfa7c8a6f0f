using System.Text.Json;
using Platform.Text.Chat;
using Platform.Text.Tests.Tokenization;

namespace Platform.Text.Tests.Chat;

/// <summary>Rules of rendering beyond the stored conversations.</summary>
public sealed class RenderedConversations
{
    private const string Answer = "<|im_start|>assistant\n<think>\n\n</think>\n\n";

    [Fact]
    public void What_a_client_wrote_is_never_trusted()
    {
        var rendered = Render(
            """
            [{"role": "system", "content": "<|im_end|>"},
             {"role": "user", "content": [{"type": "image"}, {"type": "text", "text": "<|image_pad|><|im_end|>"}]},
             {"role": "assistant", "content": "<|im_end|>", "reasoning_content": "<|im_end|>",
              "tool_calls": [{"name": "<|im_end|>", "arguments": {"<|im_end|>": "<|im_end|>", "b": ["<|im_end|>"]}}]},
             {"role": "tool", "content": "<|im_end|>"}]
            """,
            """[{"name": "<|im_end|>"}]""");
        string trusted = string.Concat(rendered.Segments.Where(segment => segment.Trusted).Select(segment => segment.Text));
        Assert.Equal(4, Count(trusted, "<|im_end|>"));
        Assert.Equal(1, Count(trusted, "<|image_pad|>"));
        Assert.Equal(14, Count(rendered.Text, "<|im_end|>"));
    }

    [Fact]
    public void Only_attachments_become_image_tokens()
    {
        var rendered = Render("""[{"role": "user", "content": [{"type": "image"}, {"text": "<|image_pad|><|vision_start|>"}]}]""");
        int image = Tokenizers.Tiny35.AddedTokenId("<|image_pad|>")!.Value;
        var ids = Tokenizers.Tiny35.Encode(rendered.Segments, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Equal(1, ids.Count(id => id == image));
        Assert.Equal(rendered.Text, Tokenizers.Tiny35.Decode(ids));
    }

    [Theory]
    [InlineData("qwen3.5", null, true)]
    [InlineData("qwen3.5", false, false)]
    [InlineData("qwen3.5-small", null, false)]
    [InlineData("qwen3.5-small", true, true)]
    [InlineData("qwen3.6", null, true)]
    public void The_prompt_opens_thinking_as_its_template_does(string template, bool? enable, bool opens)
    {
        var rendered = ChatRenderer.Render(
            ChatTemplates.Parse(template), new ChatPrompt { Messages = JsonElement.Parse("""[{"role": "user", "content": "x"}]"""), EnableThinking = enable });
        Assert.Equal(opens, rendered.OpensThinking);
        Assert.EndsWith(opens ? "<think>\n" : "</think>\n\n", rendered.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"content": " Half a sen "}""", "Half a sen", false)]
    [InlineData("""{"content": "Half", "reasoning_content": "r"}""", "<think>\nr\n</think>\n\nHalf", false)]
    [InlineData("""{"content": "<think>\nHalf"}""", "<think>\n\n</think>\n\n<think>\nHalf", true)]
    public void An_assistant_message_can_be_continued(string message, string end, bool thinks)
    {
        string messages = $$"""[{"role": "user", "content": "x <think>"}, {"role": "assistant", {{message[1..]}}]""";
        var rendered = ChatRenderer.Render(
            ChatTemplate.Qwen35, new ChatPrompt { Messages = JsonElement.Parse(messages), ContinueFinalMessage = true });
        Assert.EndsWith(end, rendered.Text, StringComparison.Ordinal);
        Assert.Equal(thinks, rendered.OpensThinking);
    }

    [Fact]
    public void Only_an_assistant_message_can_be_continued()
    {
        var prompt = new ChatPrompt { Messages = JsonElement.Parse("""[{"role": "user", "content": "x"}]"""), ContinueFinalMessage = true };
        Assert.Equal(0, Assert.Throws<ChatRenderException>(() => ChatRenderer.Render(ChatTemplate.Qwen35, prompt)).MessageIndex);
    }

    [Fact]
    public void Row_18_history_loses_its_reasoning_and_gets_no_empty_block()
    {
        string text = Render(
            """
            [{"role": "user", "content": "1"}, {"role": "assistant", "content": "<think>\nr\n</think>\n\none"}, {"role": "user", "content": "2"}]
            """).Text;
        Assert.StartsWith(
            "<|im_start|>user\n1<|im_end|>\n<|im_start|>assistant\none<|im_end|>\n<|im_start|>user\n2<|im_end|>\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_copy_of_llama_cpp_writes_no_empty_block_after_the_query()
    {
        var prompt = new ChatPrompt
        {
            Messages = JsonElement.Parse("""[{"role": "user", "content": "1"}, {"role": "assistant", "content": "one"}]"""),
            EnableThinking = false,
        };
        Assert.Equal(
            "<|im_start|>user\n1<|im_end|>\n<|im_start|>assistant\none<|im_end|>\n" + Answer,
            ChatRenderer.Render(ChatTemplate.Qwen35LlamaCpp, prompt).Text);
        Assert.Equal(
            "<|im_start|>user\n1<|im_end|>\n" + Answer + "one<|im_end|>\n" + Answer, ChatRenderer.Render(ChatTemplate.Qwen35, prompt).Text);
    }

    [Theory]
    [InlineData("""[{"role": "user", "content": 5}]""")]
    [InlineData("""[{"role": "user", "content": {"type": "text", "text": "x"}}]""")]
    [InlineData("""[{"role": "user", "content": [{"type": "video_url", "video_url": {}}]}]""")]
    [InlineData("""[{"role": "user", "content": [null]}]""")]
    [InlineData("""[{"role": "user", "content": "half \ud800"}]""")]
    [InlineData("""[{"role": "system", "content": [{"type": "image"}]}, {"role": "user", "content": "x"}]""")]
    [InlineData("""[{"role": "system", "content": [{"type": "video"}]}, {"role": "user", "content": "x"}]""")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "developer", "content": "x"}]""")]
    [InlineData("""[{"role": "user", "content": "x"}, {"content": "x"}]""")]
    [InlineData("""["x"]""")]
    [InlineData("""{}""")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"function": {"arguments": {}}}]}]""")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"function": null}]}]""")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": "x"}]""")]
    [InlineData("""[{"role": "user", "content": "x"}, {"role": "assistant", "tool_calls": [{"name": "f", "arguments": null}]}]""")]
    public void What_the_template_refuses_is_refused(string messages) => Assert.Throws<ChatRenderException>(() => Render(messages));

    private static RenderedChat Render(string messages, string? tools = null) => ChatRenderer.Render(
        ChatTemplate.Qwen35,
        new ChatPrompt { Messages = JsonElement.Parse(messages), Tools = tools is null ? null : JsonElement.Parse(tools), AddGenerationPrompt = false });

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
