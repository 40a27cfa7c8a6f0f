using System.Text;

namespace Platform.Text;

/// <summary>The union of the added tokens of several files. Where two files name the same token, the first one's flags count.</summary>
internal sealed class AddedTokenCollection
{
    private const int Limit = 1 << 16;

    private readonly SortedDictionary<int, AddedToken> _byId = [];
    private readonly Dictionary<string, AddedToken> _byContent = new(StringComparer.Ordinal);

    public bool Contains(int id, string content) => _byId.TryGetValue(id, out var token) && token.Content == content;

    /// <summary>Adds a token that a file names.</summary>
    /// <exception cref="TokenizerException">It contradicts an earlier one, or is no token.</exception>
    public void Add(AddedToken token, string file)
    {
        if (token.Content.Length is 0 or > 1024 || token.Id is < 0 or >= VocabularyBuilder.IdLimit)
        {
            throw new TokenizerException(
                $"{file}: an added token has id {token.Id} and {token.Content.Length} characters; ids are below {VocabularyBuilder.IdLimit} and tokens have " +
                "1 to 1024 characters. Fetch the tokenizer files of the checkpoint again.");
        }
        if (Contains(token.Id, token.Content))
            return;
        if (_byId.TryGetValue(token.Id, out var other) || _byContent.TryGetValue(token.Content, out other))
        {
            throw new TokenizerException(
                $"{file}: the added token '{token.Content}' with id {token.Id} contradicts '{other.Content}' with id {other.Id}. " +
                "The tokenizer files are probably from different revisions; fetch all of them again from one.");
        }
        if (_byId.Count == Limit)
            throw new TokenizerException($"{file}: more than {Limit} added tokens. This is no tokenizer that we know; check the file.");
        _byId.Add(token.Id, token);
        _byContent.Add(token.Content, token);
    }

    /// <summary>Gives the tokens their ids in the vocabulary and returns them by id.</summary>
    public IReadOnlyList<AddedToken> AddTo(VocabularyBuilder vocabulary)
    {
        foreach (var token in _byId.Values)
        {
            var bytes = Encoding.UTF8.GetBytes(token.Content);
            // Some files repeat the added tokens in the base vocabulary.
            if (!vocabulary.BytesOf(token.Id).SequenceEqual(bytes))
                vocabulary.Add(bytes, token.Id);
        }
        return [.. _byId.Values];
    }
}
