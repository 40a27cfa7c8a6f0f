using System.Globalization;
using System.Text.Json;
using Platform.Gateway.Errors;
using Platform.Gateway.Json;
using Platform.Gateway.Options;

namespace Platform.Gateway.Chat;

/// <summary>Reads the content of messages, text or parts, and collects the pictures and videos among them.</summary>
internal sealed class ContentReader(GatewayOptions options, Warnings warnings, Utf8JsonWriter writer)
{
    private const int MaxParts = 10_000;
    private const double MaxFramesPerSecond = 1000;

    private readonly List<MediaSource> _media = [];

    public IReadOnlyList<MediaSource> Media => _media;

    public void Write(FieldReader message, string role)
    {
        switch (message.Find("content"))
        {
            case null when role == "assistant":
                writer.WriteNullValue();
                return;
            case null:
                throw ApiException.Invalid(
                    $"'{message.PathOf("content")}' is missing: a message of the role {role} needs a string or an array of parts.", message.PathOf("content"));
            case { ValueKind: JsonValueKind.String } text:
                text.WriteTo(writer);
                return;
            case { ValueKind: JsonValueKind.Array }:
                Parts(message);
                return;
            case { } other:
                throw message.Wrong("content", other, "a string or an array of parts");
        }
    }

    private void Parts(FieldReader message)
    {
        var parts = message.Array("content", MaxParts, "")!.Value;
        writer.WriteStartArray();
        var at = 0;
        foreach (var part in parts.EnumerateArray())
        {
            var path = string.Create(CultureInfo.InvariantCulture, $"{message.PathOf("content")}[{at++}]");
            if (part.ValueKind != JsonValueKind.Object)
                throw ApiException.Invalid($"'{path}' is {JsonWords.Describe(part)}, but a part is an object with a type.", path);
            Part(new FieldReader(part, path, warnings), path);
        }

        writer.WriteEndArray();
    }

    private void Part(FieldReader part, string path)
    {
        var type = part.Text("type") ?? TypeOf(part);
        switch (type)
        {
            case "text" or "input_text" or "output_text":
                TextPart(Required(part, "text", "a string"));
                break;
            case "refusal":
                TextPart(Required(part, "refusal", "a string"));
                break;
            case "image_url" or "input_image":
                AddMedia(part, "image_url", isVideo: false, [Address(part, "image_url")], null);
                break;
            case "image":
                AddMedia(part, "image", isVideo: false, [Address(part, "image")], null);
                break;
            case "video_url" or "input_video":
                AddMedia(part, "video_url", isVideo: true, [Address(part, "video_url")], Rate(part));
                break;
            case "video":
                AddMedia(part, "video", isVideo: true, Frames(part), Rate(part));
                break;
            default:
                throw ApiException.Invalid(
                    $"'{path}.type' is '{JsonWords.Shorten(type ?? "")}', but a part is one of text, image_url, video_url or video.", $"{path}.type");
        }

        part.WarnOfUnread();
    }

    // Some clients leave the type out where the key already says it.
    private static string? TypeOf(FieldReader part) =>
        Array.Find(["text", "image_url", "image", "video_url", "video"], key => part.Find(key) is not null);

    private void TextPart(JsonElement text)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "text");
        writer.WritePropertyName("text");
        text.WriteTo(writer);
        writer.WriteEndObject();
    }

    private static JsonElement Required(FieldReader part, string name, string rule)
    {
        var value = part.Find(name) ?? throw ApiException.Invalid($"'{part.PathOf(name)}' is missing, but must be {rule}.", part.PathOf(name));
        return value.ValueKind == JsonValueKind.String ? value : throw part.Wrong(name, value, rule);
    }

    private void AddMedia(FieldReader part, string field, bool isVideo, IReadOnlyList<JsonElement> files, double? framesPerSecond)
    {
        part.Accept("detail", "min_pixels", "max_pixels", "uuid");
        if (_media.Count == options.MaxMedia)
        {
            throw ApiException.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The conversation has more than {options.MaxMedia} pictures and videos. Send fewer, or raise Gateway:MaxMedia."),
                "messages");
        }

        _media.Add(new MediaSource(isVideo, files, framesPerSecond, part.PathOf(field)));
        writer.WriteStartObject();
        writer.WriteString("type", isVideo ? "video" : "image");
        writer.WriteEndObject();
    }

    private JsonElement Address(FieldReader part, string name)
    {
        const string rule = "a string, or an object whose 'url' is one";
        var value = part.Find(name) ?? throw ApiException.Invalid($"'{part.PathOf(name)}' is missing, but must be {rule}.", part.PathOf(name));
        if (value.ValueKind == JsonValueKind.String)
            return value;
        if (value.ValueKind != JsonValueKind.Object)
            throw part.Wrong(name, value, rule);
        var inner = new FieldReader(value, part.PathOf(name), warnings);
        inner.Accept("detail", "format");
        var url = Required(inner, "url", "a data URI or an address");
        inner.WarnOfUnread();
        return url;
    }

    private List<JsonElement> Frames(FieldReader part)
    {
        if (part.Find("video") is { ValueKind: JsonValueKind.String } file)
            return [file];
        var frames = part.Array("video", options.MaxVideoFrames, "Gateway:MaxVideoFrames");
        if (frames is not { } list || list.GetArrayLength() == 0)
            throw ApiException.Invalid($"'{part.PathOf("video")}' must be a list of at least one picture as data URI.", part.PathOf("video"));
        foreach (var frame in list.EnumerateArray())
        {
            if (frame.ValueKind != JsonValueKind.String)
                throw part.Wrong("video", frame, "a list of pictures as data URIs");
        }

        return [.. list.EnumerateArray()];
    }

    private static double? Rate(FieldReader part) => part.Number("fps", 0, MaxFramesPerSecond, aboveMin: true);
}
