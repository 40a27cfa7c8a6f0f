using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>How the templates tell the parts of a content list apart.</summary>
internal static class ContentPart
{
    public static bool IsPicture(JsonElement part, int messageIndex) =>
        Has(part, "image", messageIndex) || Has(part, "image_url", messageIndex) || JsonText.Is(part, "type", "image");

    public static bool IsVideo(JsonElement part, int messageIndex) =>
        Has(part, "video", messageIndex) || JsonText.Is(part, "type", "video");

    /// <summary>Python's <c>key in part</c>: a key of an object, a member of a list, a stretch of a string.</summary>
    public static bool Has(JsonElement part, string key, int messageIndex) => part.ValueKind switch
    {
        JsonValueKind.Object => part.TryGetProperty(key, out _),
        JsonValueKind.String => JsonText.String(part).Contains(key, StringComparison.Ordinal),
        JsonValueKind.Array => part.EnumerateArray().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals(key)),
        _ => throw new ChatRenderException("Unexpected item type in content. A part is an object.", messageIndex),
    };
}
