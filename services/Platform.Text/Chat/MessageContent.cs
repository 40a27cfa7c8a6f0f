using System.Globalization;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Renders the <c>content</c> of messages and counts the attachments of the conversation.</summary>
internal sealed class MessageContent(bool addVisionId)
{
    private int _pictures;
    private int _videos;

    /// <summary>The content of the message that is being written, trimmed; its attachments get the next numbers.</summary>
    public ContentText Next(JsonElement message, int index) => Render(message, index, counts: true, isSystem: false);

    /// <summary>The content of the system message, trimmed; attachments are an error.</summary>
    public ContentText System(JsonElement message, int index) => Render(message, index, counts: false, isSystem: true);

    /// <summary>The content of any message, trimmed, to look at only.</summary>
    public ContentText Peek(JsonElement message, int index) => Render(message, index, counts: false, isSystem: false);

    private ContentText Render(JsonElement message, int index, bool counts, bool isSystem)
    {
        if (JsonText.Get(message, "content") is not { } content || content.ValueKind == JsonValueKind.Null)
            return ContentText.FromClient(string.Empty);
        return content.ValueKind switch
        {
            JsonValueKind.String => ContentText.FromClient(JsonText.String(content)).Trim(),
            JsonValueKind.Array => Parts(content, index, counts, isSystem).Trim(),
            _ => throw new ChatRenderException("Unexpected content type. Content is a string, a list of parts, or null.", index),
        };
    }

    private ContentText Parts(JsonElement content, int index, bool counts, bool isSystem)
    {
        var text = new ContentText.Builder();
        foreach (var part in content.EnumerateArray())
        {
            if (ContentPart.IsPicture(part, index))
                Attachment(text, index, counts, isSystem, "Picture", ref _pictures, TemplateText.ImagePad);
            else if (ContentPart.IsVideo(part, index))
                Attachment(text, index, counts, isSystem, "Video", ref _videos, TemplateText.VideoPad);
            else if (ContentPart.Has(part, "text", index))
                text.Client(JsonText.Get(part, "text") is { } value ? PythonText.Str(value) : string.Empty);
            else
                throw new ChatRenderException("Unexpected item type in content. A part is text, an image or a video.", index);
        }

        return text.Build();
    }

    private void Attachment(ContentText.Builder text, int index, bool counts, bool isSystem, string kind, ref int count, string pad)
    {
        if (isSystem)
            throw new ChatRenderException($"System message cannot contain {(pad == TemplateText.ImagePad ? "images" : "videos")}.", index);
        if (counts)
            count++;
        if (addVisionId)
            text.Template(string.Create(CultureInfo.InvariantCulture, $"{kind} {count}: "));
        text.Template(TemplateText.VisionStart + pad + TemplateText.VisionEnd);
    }
}
