using Platform.Text.Chat;

namespace Platform.Text.Tests.Chat;

public sealed class ChatGoldenTests
{
    public static IEnumerable<TheoryDataRow<string, string>> Rows() =>
        from row in ChatGoldenRow.All
        from template in ChatGoldenRow.Templates
        select new TheoryDataRow<string, string>(row.Name, template);

    [Theory]
    [MemberData(nameof(Rows))]
    public void Renders_what_the_template_renders(string name, string template)
    {
        var row = ChatGoldenRow.All.Single(row => row.Name == name);
        if (row.Expected(template) is not { } expected)
        {
            Assert.Throws<ChatRenderException>(() => ChatRenderer.Render(ChatTemplates.Parse(template), row.Prompt()));
            return;
        }

        var rendered = ChatRenderer.Render(ChatTemplates.Parse(template), row.Prompt());
        Assert.Equal(expected, rendered.Text);
        Assert.Equal(expected.EndsWith("<think>\n", StringComparison.Ordinal), rendered.OpensThinking);
        Assert.DoesNotContain(rendered.Segments, segment => segment.Text.Length == 0);
    }
}
