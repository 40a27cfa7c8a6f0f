using System.Text.Json.Nodes;

namespace Platform.Cli.Chat;

/// <summary>The messages of a terminal chat, in the API's form.</summary>
internal sealed class Conversation(string model, string? system)
{
    private readonly List<JsonObject> _messages = [];
    private readonly List<string> _pictures = [];

    public string? ReasoningMode { get; set; }

    /// <summary>Attaches a picture to the next message. Throws <see cref="ChatProblemException"/> if it cannot be read.</summary>
    public void Attach(string path)
    {
        try
        {
            var bytes = File.ReadAllBytes(path);
            _pictures.Add($"data:{MediaType(path)};base64,{Convert.ToBase64String(bytes)}");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new ChatProblemException($"'{path}' cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Adds the user's turn, with the pictures attached before it, and returns the request for the answer.</summary>
    public JsonObject Ask(string text)
    {
        JsonNode content = text;
        if (_pictures.Count > 0)
        {
            var parts = new JsonArray();
            foreach (var picture in _pictures)
                parts.Add(new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = picture } });
            parts.Add(new JsonObject { ["type"] = "text", ["text"] = text });
            content = parts;
            _pictures.Clear();
        }

        _messages.Add(new JsonObject { ["role"] = "user", ["content"] = content });
        return Request();
    }

    /// <summary>Keeps what the assistant said, also when it was stopped half way.</summary>
    public void Keep(string reasoning, string content)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = content };
        if (reasoning.Length > 0)
            message["reasoning_content"] = reasoning;
        _messages.Add(message);
    }

    /// <summary>Takes back the last user turn, after a request that failed.</summary>
    public void TakeBack() => _messages.RemoveAt(_messages.Count - 1);

    public void Clear()
    {
        _messages.Clear();
        _pictures.Clear();
    }

    private JsonObject Request()
    {
        var messages = new JsonArray();
        if (!string.IsNullOrEmpty(system))
            messages.Add(new JsonObject { ["role"] = "system", ["content"] = system });
        foreach (var message in _messages)
            messages.Add(message.DeepClone());

        var request = new JsonObject
        {
            ["model"] = model,
            ["messages"] = messages,
            ["stream"] = true,
            ["stream_options"] = new JsonObject { ["include_usage"] = true },
        };
        if (ReasoningMode is not null)
            request["reasoning_mode"] = ReasoningMode;
        return request;
    }

    private static string MediaType(string path) => Path.GetExtension(path).ToUpperInvariant() switch
    {
        ".PNG" => "image/png",
        ".GIF" => "image/gif",
        ".WEBP" => "image/webp",
        ".BMP" => "image/bmp",
        _ => "image/jpeg",
    };
}
