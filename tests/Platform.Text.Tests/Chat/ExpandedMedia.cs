using System.Text.Json;
using Platform.Text.Chat;

namespace Platform.Text.Tests.Chat;

/// <summary>Placeholders widen to one pad per merged patch.</summary>
public sealed class ExpandedMedia
{
    [Fact]
    public void Stored_requests_expand_as_stored()
    {
        var stored = JsonElement.Parse(File.ReadAllText(Repository.Golden("end-to-end", "requests.json")));
        foreach (var request in stored.GetProperty("requests").EnumerateArray())
        {
            var rendered = ChatRenderer.Render(ChatTemplates.Parse(stored.GetProperty("template").GetString()!), new ChatPrompt
            {
                Messages = request.GetProperty("messages"),
                Tools = request.TryGetProperty("tools", out var tools) ? tools : null,
                AddGenerationPrompt = request.GetProperty("add_generation_prompt").GetBoolean(),
                EnableThinking = request.GetProperty("kwargs").TryGetProperty("enable_thinking", out var enable) ? enable.GetBoolean() : null,
            });
            Assert.Equal(request.GetProperty("prompt").GetString(), rendered.Text);
            PictureGrid[] pictures = [.. request.GetProperty("images").EnumerateArray().Select(_ => new PictureGrid(1, 6, 8))];
            Assert.Equal(request.GetProperty("prompt_expanded").GetString(), Text(MediaExpansion.Expand(rendered.Segments, pictures, [])));
        }
    }

    [Fact]
    public void A_video_becomes_stamped_frames_and_stays_trusted()
    {
        var expanded = MediaExpansion.Expand(Rendered("""[{"type": "video"}, {"text": "<|video_pad|>"}]"""), [], [new VideoGrid(2, 2, 4, [0.25, 1.75])]);
        Assert.Equal(
            "<|im_start|>user\n<0.2 seconds><|vision_start|><|video_pad|><|video_pad|><|vision_end|>"
            + "<1.8 seconds><|vision_start|><|video_pad|><|video_pad|><|vision_end|><|video_pad|><|im_end|>\n",
            Text(expanded));
        Assert.Equal([true, false, true], expanded.Select(segment => segment.Trusted));
    }

    [Fact]
    public void A_bare_placeholder_is_replaced_alone()
    {
        PromptSegment[] bare = [new("a<|video_pad|><|vision_end|>b<|image_pad|>", true)];
        Assert.Equal(
            "a<1.0 seconds><|vision_start|><|video_pad|><|vision_end|><|vision_end|>b<|image_pad|><|image_pad|>",
            Text(MediaExpansion.Expand(bare, [new PictureGrid(1, 2, 4)], [new VideoGrid(1, 2, 2, [1.0])])));
    }

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(0.25, "0.2")]
    [InlineData(0.75, "0.8")]
    [InlineData(1.25, "1.2")]
    [InlineData(0.35, "0.3")]
    [InlineData(0.45, "0.5")]
    [InlineData(2.05, "2.0")]
    [InlineData(1234.55, "1234.5")]
    [InlineData(0.05, "0.1")]
    [InlineData(9.96, "10.0")]
    public void Seconds_round_as_in_Python(double seconds, string text) => Assert.Equal(text, MediaExpansion.Seconds(seconds));

    [Fact]
    public void Attachments_and_placeholders_must_match()
    {
        var one = Rendered("""[{"type": "image"}]""");
        Assert.Throws<ChatRenderException>(() => MediaExpansion.Expand(one, [], []));
        Assert.Throws<ChatRenderException>(() => MediaExpansion.Expand(one, [new(1, 2, 2), new(1, 2, 2)], []));
        Assert.Throws<ChatRenderException>(() => MediaExpansion.Expand(one, [new(1, 2, 2)], [new VideoGrid(1, 2, 2, [0])]));
        Assert.Throws<ChatRenderException>(() => MediaExpansion.Expand(one, [new(1, 3, 3)], []));
        var video = Rendered("""[{"type": "video"}]""");
        Assert.Throws<ChatRenderException>(() => MediaExpansion.Expand(video, [], [new VideoGrid(2, 2, 2, [0])]));
    }

    [Fact]
    public void A_clients_literal_placeholder_asks_for_no_attachment() =>
        Assert.Contains("<|image_pad|>", Text(MediaExpansion.Expand(Rendered("\"<|image_pad|>\""), [], [])), StringComparison.Ordinal);

    private static IReadOnlyList<PromptSegment> Rendered(string content) => ChatRenderer.Render(ChatTemplate.Qwen35, new ChatPrompt
    {
        Messages = JsonElement.Parse($$"""[{"role": "user", "content": {{content}}}]"""),
        AddGenerationPrompt = false,
    }).Segments;

    private static string Text(IEnumerable<PromptSegment> segments) => string.Concat(segments.Select(segment => segment.Text));
}
