using System.Collections.Frozen;
using System.Text;

namespace Platform.Text;

/// <summary>
/// Byte-level BPE as Qwen3.5 and Qwen3 use it: added tokens, form C, split, merges; nothing is put before or after. Ids are those of the
/// Hugging Face library. Immutable and thread-safe; a bounded cache of short pieces lives inside.
/// </summary>
public sealed class Tokenizer
{
    private readonly TokenBytes _bytes;
    private readonly IReadOnlyList<AddedToken> _addedTokens;
    private readonly FrozenDictionary<string, AddedToken> _byContent;
    private readonly FrozenSet<int> _specialIds;
    private readonly AddedTokenFinder _finder;
    private readonly PieceEncoder _pieces;

    private Tokenizer(TokenizerDefinition definition)
    {
        _bytes = definition.Bytes;
        _addedTokens = definition.AddedTokens;
        _byContent = definition.AddedTokens.ToFrozenDictionary(token => token.Content, StringComparer.Ordinal);
        _specialIds = definition.AddedTokens.Where(token => token.Special).Select(token => token.Id).ToFrozenSet();
        _finder = new AddedTokenFinder(definition.AddedTokens);
        _pieces = new PieceEncoder(definition);
        Split = definition.Split;
    }

    /// <summary>The highest id that decodes, plus one. Rows of the model's head from here on mean nothing.</summary>
    public int IdCount => _bytes.IdCount;

    /// <summary>All added tokens, by id.</summary>
    public IReadOnlyList<AddedToken> AddedTokens => _addedTokens;

    /// <summary>The split rule in use.</summary>
    public SplitRule Split { get; }

    internal PieceCache Cache => _pieces.Cache;

    /// <summary>
    /// Loads a checkpoint's tokenizer: <c>tokenizer.json</c>, else <c>vocab.json</c> with <c>merges.txt</c>; added tokens also from
    /// <c>tokenizer_config.json</c> beside it. Without tokenizer.json the split is what <c>pretokenize_regex</c> of tokenizer_config.json says;
    /// without that, Qwen3's if <c>&lt;|endoftext|&gt;</c> has id 151643, else Qwen3.5's.
    /// </summary>
    /// <param name="directoryOrFile">The checkpoint's folder, or the path of a tokenizer.json.</param>
    /// <param name="split">Forces a split rule, whatever the files say; null reads it from them.</param>
    /// <exception cref="TokenizerException">The files are missing, damaged or of another kind, or this process has no Unicode data.</exception>
    public static Tokenizer Load(string directoryOrFile, SplitRule? split = null)
    {
        ArgumentNullException.ThrowIfNull(directoryOrFile);
        Normalization.RequireUnicodeData();
        return new Tokenizer(TokenizerFiles.Read(directoryOrFile, split));
    }

    /// <summary>The id of an added token by its content, or null.</summary>
    public int? AddedTokenId(string content) => _byContent.TryGetValue(content, out var token) ? token.Id : null;

    /// <summary>Encodes text. Half surrogate pairs count as U+FFFD. Costs n log n, and some 50 bytes of memory per byte of the longest piece.</summary>
    /// <param name="text">Any text.</param>
    /// <param name="specialTokens">What becomes of text that spells an added token.</param>
    /// <param name="cancellationToken">Looked at between stretches of some thousand characters.</param>
    /// <exception cref="SpecialTokenRejectedException">The text spells an added token and that is to be refused.</exception>
    public int[] Encode(
        ReadOnlySpan<char> text, SpecialTokens specialTokens = SpecialTokens.AsText, CancellationToken cancellationToken = default)
    {
        var work = EncodingWork.Current;
        work.Begin();
        try
        {
            if (specialTokens == SpecialTokens.Reject && _finder.Find(text, 0, out var position) is { } token)
                throw new SpecialTokenRejectedException(token, 0, position);
            if (specialTokens == SpecialTokens.Parse)
                EncodeParsed(text, [new TrustedStretch(0, text.Length)], work, cancellationToken);
            else
                _pieces.Encode(text, work, cancellationToken);
            return work.Ids.Ids.ToArray();
        }
        finally
        {
            work.End();
        }
    }

    /// <summary>
    /// Encodes a rendered prompt. Added tokens are recognised only where they lie wholly in trusted text; what lies between them is encoded as
    /// one text, so that pieces cross the borders of segments as if there were none.
    /// </summary>
    /// <param name="segments">The prompt's stretches in order.</param>
    /// <param name="inUntrusted">What becomes of untrusted text, wholly or in part, that spells an added token.</param>
    /// <param name="cancellationToken">Looked at between stretches of some thousand characters.</param>
    /// <exception cref="SpecialTokenRejectedException">Untrusted text spells an added token and that is to be refused.</exception>
    public int[] Encode(
        IReadOnlyList<PromptSegment> segments, SpecialTokens inUntrusted = SpecialTokens.AsText, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(segments);
        var text = string.Concat(segments.Select(segment => segment.Text));
        var trusted = inUntrusted == SpecialTokens.Parse ? [new TrustedStretch(0, text.Length)] : TrustedStretch.Of(segments);
        var work = EncodingWork.Current;
        work.Begin();
        try
        {
            if (inUntrusted == SpecialTokens.Reject)
                RejectOutside(trusted, text, segments);
            EncodeParsed(text, trusted, work, cancellationToken);
            return work.Ids.Ids.ToArray();
        }
        finally
        {
            work.End();
        }
    }

    /// <summary>A token's bytes, those of added tokens too; empty for ids that mean nothing. A token may be part of a character.</summary>
    public ReadOnlySpan<byte> TokenBytes(int id) => _bytes.Of(id);

    /// <summary>Whether «skip special tokens» drops this id.</summary>
    public bool IsSpecial(int id) => _specialIds.Contains(id);

    /// <summary>Decodes ids: their bytes together as UTF-8, ill-formed parts as U+FFFD. Ids that mean nothing add nothing.</summary>
    /// <param name="ids">The ids.</param>
    /// <param name="skipSpecial">Leaves special tokens out.</param>
    public string Decode(ReadOnlySpan<int> ids, bool skipSpecial = false)
    {
        var length = 0;
        foreach (var id in ids)
            length = checked(length + _bytes.Of(id).Length);
        var bytes = new byte[length];
        var used = 0;
        foreach (var id in ids)
        {
            if (skipSpecial && IsSpecial(id))
                continue;
            _bytes.Of(id).CopyTo(bytes.AsSpan(used));
            used += _bytes.Of(id).Length;
        }
        return Encoding.UTF8.GetString(bytes.AsSpan(0, used));
    }

    /// <summary>The pieces into which the normalised text is cut before merging, no added token recognised; they concatenate to that text.</summary>
    public IReadOnlyList<string> SplitIntoPieces(ReadOnlySpan<char> text) => _pieces.Split(text);

    private void EncodeParsed(ReadOnlySpan<char> text, TrustedStretch[] trusted, EncodingWork work, CancellationToken cancellationToken)
    {
        var done = 0;
        foreach (var stretch in trusted)
        {
            var upToHere = text[..stretch.End];
            var from = stretch.Start;
            while (_finder.Find(upToHere, from, out var position) is { } token)
            {
                _pieces.Encode(text[done..position], work, cancellationToken);
                work.Ids.Add(token.Id);
                done = from = position + token.Content.Length;
            }
        }
        _pieces.Encode(text[done..], work, cancellationToken);
    }

    /// <summary>Refuses added tokens that remain when those of the trusted stretches are taken out.</summary>
    private void RejectOutside(TrustedStretch[] trusted, ReadOnlySpan<char> text, IReadOnlyList<PromptSegment> segments)
    {
        var done = 0;
        foreach (var stretch in trusted)
        {
            var from = stretch.Start;
            while (_finder.Find(text[..stretch.End], from, out var position) is { } token)
            {
                RejectIn(text[..position], done, segments);
                done = from = position + token.Content.Length;
            }
        }
        RejectIn(text, done, segments);
    }

    private void RejectIn(ReadOnlySpan<char> text, int from, IReadOnlyList<PromptSegment> segments)
    {
        if (_finder.Find(text, from, out var position) is not { } token)
            return;
        var segment = 0;
        while (position >= segments[segment].Text.Length)
            position -= segments[segment++].Text.Length;
        throw new SpecialTokenRejectedException(token, segment, position);
    }
}
