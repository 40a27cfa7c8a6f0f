using System.Buffers;

namespace Platform.Text;

/// <summary>Finds added tokens in text: the leftmost first, the longest of those that begin at one place.</summary>
internal sealed class AddedTokenFinder
{
    private readonly SearchValues<char> _firstCharacters;
    private readonly Dictionary<char, AddedToken[]> _byFirstCharacter;

    public AddedTokenFinder(IEnumerable<AddedToken> tokens)
    {
        _byFirstCharacter = tokens.GroupBy(token => token.Content[0])
            .ToDictionary(group => group.Key, group => group.OrderByDescending(token => token.Content.Length).ToArray());
        _firstCharacters = SearchValues.Create(_byFirstCharacter.Keys.ToArray());
    }

    /// <summary>The first token at or after <paramref name="from"/> that lies in the text, or null.</summary>
    public AddedToken? Find(ReadOnlySpan<char> text, int from, out int position)
    {
        for (position = from; position < text.Length; position++)
        {
            var ahead = text[position..].IndexOfAny(_firstCharacters);
            if (ahead < 0)
                break;
            position += ahead;
            foreach (var token in _byFirstCharacter[text[position]])
            {
                if (text[position..].StartsWith(token.Content, StringComparison.Ordinal))
                    return token;
            }
        }
        position = text.Length;
        return null;
    }
}
