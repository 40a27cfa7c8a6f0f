using System.Text.Json;
using Platform.Text.Chat;

namespace Platform.Text.Tests.Chat;

/// <summary>A checkpoint's template is known by its hash, or refused.</summary>
public sealed class RecognisedTemplates : IDisposable
{
    private const string Foreign = "{% for m in messages %}{{ m.content }}{% endfor %}";

    private readonly string _folder = Directory.CreateTempSubdirectory("templates").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_checkpoint_without_template_gets_the_base_form_or_the_assumed_one()
    {
        Assert.Equal(ChatTemplate.Qwen35, ChatTemplates.Recognise(_folder));
        Assert.Equal(ChatTemplate.Qwen36, ChatTemplates.Recognise(_folder, "qwen3.6"));
        Write("tokenizer_config.json", """{"eos_token": "<|im_end|>", "chat_template": null}""");
        Assert.Equal(ChatTemplate.Qwen35, ChatTemplates.Recognise(_folder));
    }

    [Fact]
    public void An_unknown_template_is_refused_unless_one_is_assumed()
    {
        Write("chat_template.jinja", Foreign);
        var error = Assert.Throws<ChatTemplateException>(() => ChatTemplates.Recognise(_folder));
        Assert.Contains("chat_template.jinja", error.Message, StringComparison.Ordinal);
        Assert.Contains("qwen3.5-small", error.Message, StringComparison.Ordinal);
        Assert.Equal(ChatTemplate.Qwen35Small, ChatTemplates.Recognise(_folder, "qwen3.5-small"));
    }

    [Fact]
    public void The_hash_does_not_depend_on_the_file_or_on_a_final_newline()
    {
        Write("chat_template.jinja", Foreign + "\n");
        string hash = HashNamed();
        File.Delete(Path.Combine(_folder, "chat_template.jinja"));
        string quoted = JsonSerializer.Serialize(Foreign);
        foreach (string file in (string[])["tokenizer_config.json", "chat_template.json"])
        {
            Write(file, $$"""{"chat_template": {{quoted}}}""");
            Assert.Equal(hash, HashNamed());
            Write(file, $$"""{"chat_template": [{"name": "tool_use", "template": "x"}, {"name": "default", "template": {{quoted}}}]}""");
            Assert.Equal(hash, HashNamed());
        }
    }

    [Theory]
    [InlineData("""{"chat_template": 5}""")]
    [InlineData("""{"chat_template": [{"name": "tool_use", "template": "x"}]}""")]
    [InlineData("{")]
    public void A_damaged_file_is_refused(string json)
    {
        Write("tokenizer_config.json", json);
        Assert.Throws<ChatTemplateException>(() => ChatTemplates.Recognise(_folder));
    }

    [Fact]
    public void Every_template_has_a_name()
    {
        foreach (var template in Enum.GetValues<ChatTemplate>())
            Assert.Equal(template, ChatTemplates.Parse(ChatTemplates.NameOf(template)));
        Assert.Throws<ChatTemplateException>(() => ChatTemplates.Parse("chatml"));
    }

    private void Write(string file, string text) => File.WriteAllText(Path.Combine(_folder, file), text);

    private string HashNamed()
    {
        string message = Assert.Throws<ChatTemplateException>(() => ChatTemplates.Recognise(_folder)).Message;
        return message[message.IndexOf("SHA-256", StringComparison.Ordinal)..message.IndexOf('…', StringComparison.Ordinal)];
    }
}
