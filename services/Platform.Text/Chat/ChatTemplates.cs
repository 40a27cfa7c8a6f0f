using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Text.Chat;

/// <summary>Recognises the chat template of a checkpoint by its hash.</summary>
public static class ChatTemplates
{
    private const string TemplateFile = "chat_template.jinja";
    private const string TemplateJsonFile = "chat_template.json";
    private const string TokenizerConfigFile = "tokenizer_config.json";
    private const int HashDigits = 16;
    private const long MaxFileBytes = 64L << 20;

    private static readonly (string Name, ChatTemplate Template, string Hash)[] Known =
    [
        ("qwen3.5", ChatTemplate.Qwen35, "a4aee8afcf2e0711"),
        ("qwen3.5-small", ChatTemplate.Qwen35Small, "273d8e0e683b8850"),
        ("qwen3.6", ChatTemplate.Qwen36, "e84f32a23fdda276"),
        ("qwen3.5-llama.cpp", ChatTemplate.Qwen35LlamaCpp, "f64d291f5518e8e3"),
    ];

    /// <summary>
    /// Names the template of the checkpoint in <paramref name="checkpointDirectory"/>. It is looked for in
    /// <c>chat_template.jinja</c>, then <c>chat_template.json</c>, then <c>tokenizer_config.json</c>.
    /// </summary>
    /// <param name="checkpointDirectory">The checkpoint's folder.</param>
    /// <param name="assumeTemplate">A name for <see cref="Parse"/>, used instead of an unknown template; null refuses one.</param>
    /// <returns>The template; <see cref="ChatTemplate.Qwen35"/> (or the assumed one) where the folder has none at all.</returns>
    /// <exception cref="ChatTemplateException">The template is unknown and none is assumed, or a file cannot be read.</exception>
    public static ChatTemplate Recognise(string checkpointDirectory, string? assumeTemplate = null)
    {
        ArgumentNullException.ThrowIfNull(checkpointDirectory);
        ChatTemplate? assumed = assumeTemplate is null ? null : Parse(assumeTemplate);
        if (Find(checkpointDirectory) is not var (text, file))
            return assumed ?? ChatTemplate.Qwen35;
        return RecogniseText(text) ?? assumed ?? throw Unknown(text, file);
    }

    /// <summary>The template whose Jinja source is <paramref name="source"/>, or null if it is none of the known ones.</summary>
    public static ChatTemplate? RecogniseText(string source)
    {
        string hash = Hash(source);
        foreach (var known in Known)
        {
            if (known.Hash == hash)
                return known.Template;
        }

        return null;
    }

    /// <summary>The template of a name: <c>qwen3.5</c>, <c>qwen3.5-small</c>, <c>qwen3.6</c> or <c>qwen3.5-llama.cpp</c>.</summary>
    /// <exception cref="ChatTemplateException">The name is none of these.</exception>
    public static ChatTemplate Parse(string name)
    {
        foreach (var known in Known)
        {
            if (string.Equals(known.Name, name, StringComparison.OrdinalIgnoreCase))
                return known.Template;
        }

        throw new ChatTemplateException($"'{name}' is no chat template. Use one of {Names()}.");
    }

    /// <summary>The name under which <see cref="Parse"/> finds <paramref name="template"/>.</summary>
    public static string NameOf(ChatTemplate template) => Known.First(known => known.Template == template).Name;

    private static string Names() => string.Join(", ", Known.Select(known => known.Name));

    private static string Hash(string source)
    {
        string body = source.EndsWith('\n') ? source[..^1] : source;
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(body)))[..HashDigits];
    }

    private static (string Text, string File)? Find(string directory)
    {
        if (ReadText(directory, TemplateFile) is { } source)
            return (source, TemplateFile);
        foreach (string file in (string[])[TemplateJsonFile, TokenizerConfigFile])
        {
            if (ReadText(directory, file) is { } json && TemplateIn(json, file) is { } inside)
                return (inside, file);
        }

        return null;
    }

    private static string? ReadText(string directory, string file)
    {
        var info = new FileInfo(Path.Combine(directory, file));
        if (!info.Exists)
            return null;
        if (info.Length > MaxFileBytes)
            throw new ChatTemplateException($"{file} has {info.Length} bytes, more than {MaxFileBytes}. It is no tokenizer setting; fetch it again.");
        try
        {
            return File.ReadAllText(info.FullName);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ChatTemplateException($"{file} cannot be read: {error.Message}", error);
        }
    }

    private static string? TemplateIn(string json, string file)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("chat_template", out var template))
                return null;
            return template.ValueKind switch
            {
                JsonValueKind.Null => null,
                JsonValueKind.String => template.GetString(),
                JsonValueKind.Array => DefaultOf(template, file),
                _ => throw new ChatTemplateException($"'chat_template' of {file} is neither a string nor a list of named templates."),
            };
        }
        catch (JsonException error)
        {
            throw new ChatTemplateException($"{file} is not JSON: {error.Message}", error);
        }
    }

    private static string? DefaultOf(JsonElement templates, string file)
    {
        foreach (var entry in templates.EnumerateArray())
        {
            if (entry.ValueKind == JsonValueKind.Object
                && entry.TryGetProperty("name", out var name) && name.ValueKind == JsonValueKind.String && name.ValueEquals("default")
                && entry.TryGetProperty("template", out var template) && template.ValueKind == JsonValueKind.String)
                return template.GetString();
        }

        throw new ChatTemplateException($"'chat_template' of {file} is a list without a template named 'default'.");
    }

    private static ChatTemplateException Unknown(string source, string file) => new(
        $"The chat template in {file} (SHA-256 {Hash(source)}…) is none that this version renders ({Names()}). "
        + "If the model was trained with one of these, name it as the template to assume; otherwise its prompts would be wrong.");
}
