using System.Text;

namespace Platform.Text.Output;

/// <summary>
/// Text from a <c>&lt;</c> on that may become a tag: first one of some tags, then perhaps white space and one of some others, then
/// perhaps a name up to <c>&gt;</c>. Every character is looked at once; if it comes to nothing the machine reads the text again as
/// plain text. Inside there are at most three <c>&lt;</c>, so no character is read more than a few times.
/// </summary>
internal sealed class TagCandidate
{
    /// <summary>Longer names are malformed; it bounds how much text can be held back.</summary>
    public const int MaxNameLength = 1024;

    private readonly StringBuilder _held = new();
    private readonly StringBuilder _name = new();
    private string[] _tags = [];
    private int _matched;
    private Phase _phase;

    private enum Phase
    {
        Idle,
        Tag,
        Gap,
        Name,
    }

    public enum Step
    {
        /// <summary>Nothing is decided.</summary>
        Pending,

        /// <summary>A tag is complete: <see cref="Tag"/>.</summary>
        Tag,

        /// <summary>A name is complete: <see cref="Name"/>.</summary>
        Name,

        /// <summary>It is no tag.</summary>
        Refuted,
    }

    public bool IsActive => _phase != Phase.Idle;

    /// <summary>Whether a name is being read.</summary>
    public bool InName => _phase == Phase.Name;

    /// <summary>Whether a tag is complete and only white space has followed it.</summary>
    public bool InGap => _phase == Phase.Gap;

    /// <summary>The tag that was completed before the white space, if there is one.</summary>
    public string? Opening { get; private set; }

    /// <summary>The tag that was completed last.</summary>
    public string Tag { get; private set; } = string.Empty;

    /// <summary>The name read, trimmed and without its quotes.</summary>
    public string Name { get; private set; } = string.Empty;

    /// <summary>Everything since the <c>&lt;</c>.</summary>
    public string Held => _held.ToString();

    public char Last => _held[^1];

    /// <summary>Begins with a <c>&lt;</c> that may become one of <paramref name="tags"/>.</summary>
    public void Begin(string[] tags)
    {
        Reset();
        _held.Append('<');
        BeginTag(tags);
    }

    /// <summary>The tag just completed counts only if one of <paramref name="tags"/> follows, with white space before it or not.</summary>
    public void ExpectAfterGap(string[] tags)
    {
        Opening = Tag;
        _tags = tags;
        _phase = Phase.Gap;
    }

    /// <summary>A name up to <c>&gt;</c> follows the tag just completed.</summary>
    public void ExpectName()
    {
        _name.Clear();
        _phase = Phase.Name;
    }

    public void Reset()
    {
        _held.Clear();
        _phase = Phase.Idle;
        Opening = null;
    }

    public Step Push(char c)
    {
        _held.Append(c);
        return _phase switch
        {
            Phase.Tag => PushTag(c),
            Phase.Gap => PushGap(c),
            _ => PushName(c),
        };
    }

    private void BeginTag(string[] tags)
    {
        _tags = tags;
        _matched = 1;
        _phase = Phase.Tag;
    }

    private Step PushTag(char c)
    {
        int from = _held.Length - 1 - _matched;
        foreach (string tag in _tags)
        {
            if (_matched >= tag.Length || tag[_matched] != c || !BeganAs(tag, from))
                continue;
            _matched++;
            if (_matched < tag.Length)
                return Step.Pending;
            Tag = tag;
            return Step.Tag;
        }

        return Step.Refuted;
    }

    private bool BeganAs(string tag, int from)
    {
        for (int i = 1; i < _matched; i++)
        {
            if (_held[from + i] != tag[i])
                return false;
        }

        return true;
    }

    private Step PushGap(char c)
    {
        if (Characters.IsSpace(c))
            return Step.Pending;
        if (c != '<')
            return Step.Refuted;
        BeginTag(_tags);
        return Step.Pending;
    }

    private Step PushName(char c)
    {
        if (c is '\r' or '\n' or '<' or '=' || _name.Length >= MaxNameLength)
            return Step.Refuted;
        if (c != '>')
        {
            _name.Append(c);
            return Step.Pending;
        }

        Name = Unquoted(_name.ToString());
        return Name.Length == 0 ? Step.Refuted : Step.Name;
    }

    private static string Unquoted(string name)
    {
        var text = Characters.Trim(name);
        if (text.Length >= 2 && text[0] is '"' or '\'' && text[^1] == text[0])
            text = text[1..^1];
        return text.ToString();
    }
}
