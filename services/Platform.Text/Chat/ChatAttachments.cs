using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Finds the attachments for which the renderer writes placeholders.</summary>
public static class ChatAttachments
{
    /// <summary>All pictures and videos in the order of their placeholders.</summary>
    /// <param name="messages">The array of messages, after <see cref="ChatNormalization"/>.</param>
    /// <exception cref="ChatRenderException">A part is of no kind the template knows.</exception>
    public static IReadOnlyList<ChatAttachment> InOrder(JsonElement messages)
    {
        var found = new List<ChatAttachment>();
        if (messages.ValueKind != JsonValueKind.Array)
            return found;
        int messageIndex = 0;
        foreach (var message in messages.EnumerateArray())
            Collect(found, message, messageIndex++);
        return found;
    }

    private static void Collect(List<ChatAttachment> found, JsonElement message, int messageIndex)
    {
        if (JsonText.Get(message, "content") is not { ValueKind: JsonValueKind.Array } content)
            return;
        int partIndex = 0;
        foreach (var part in content.EnumerateArray())
        {
            bool isPicture = ContentPart.IsPicture(part, messageIndex);
            if (isPicture || ContentPart.IsVideo(part, messageIndex))
                found.Add(new ChatAttachment(!isPicture, part, messageIndex, partIndex));
            partIndex++;
        }
    }
}
