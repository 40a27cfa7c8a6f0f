using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Platform.Contracts.Decoding;
using Platform.Text;
using Platform.Text.Grammar;
using TextContentForm = Platform.Text.Grammar.ContentForm;
using WireContentForm = Platform.Contracts.Decoding.ContentForm;

namespace Platform.Decoder;

/// <summary>
/// The grammars of constrained answers, compiled once and kept with what was found out about them; the one unused longest is dropped
/// first. Thread-safe.
/// </summary>
internal sealed class AnswerGrammars
{
    private const int MaxToolsDepth = 512;

    private readonly Lazy<TokenVocabulary> _vocabulary;
    private readonly int _maxCount;
    private readonly long _bytesEach;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, LinkedListNode<(string Key, TokenAutomaton Automaton)>> _kept = new(StringComparer.Ordinal);
    private readonly LinkedList<(string Key, TokenAutomaton Automaton)> _byUse = new();

    public AnswerGrammars(Tokenizer tokenizer, IReadOnlyList<int> stopIds, DecoderOptions options)
    {
        // Looking through a vocabulary takes a while, which a decoder that is never asked for a form need not spend.
        _vocabulary = new Lazy<TokenVocabulary>(() => new TokenVocabulary(tokenizer, [.. stopIds]));
        _maxCount = options.MaxGrammars;
        _bytesEach = Math.Max(1L << 20, options.GrammarCacheBytes / options.MaxGrammars);
    }

    /// <summary>The automaton of a form.</summary>
    /// <param name="form">What the answer must look like.</param>
    /// <param name="toolsJson">UTF-8 of the tool list, or empty.</param>
    /// <param name="cancellationToken">Ends the compilation.</param>
    /// <exception cref="GrammarException">It cannot be compiled.</exception>
    /// <exception cref="JsonException">The tool list is no JSON.</exception>
    public TokenAutomaton For(AnswerForm form, ReadOnlyMemory<byte> toolsJson, CancellationToken cancellationToken)
    {
        var key = Key(form, toolsJson.Span);
        if (Find(key) is { } known)
            return known;
        using var tools = toolsJson.IsEmpty ? null : JsonDocument.Parse(toolsJson, new JsonDocumentOptions { MaxDepth = MaxToolsDepth });
        var grammar = CompiledGrammar.Compile(Request(form, tools?.RootElement), null, cancellationToken);
        return Keep(key, new TokenAutomaton(grammar, _vocabulary.Value, _bytesEach));
    }

    private static GrammarRequest Request(AnswerForm form, JsonElement? tools) => new()
    {
        Content = form.Content switch
        {
            WireContentForm.ContentJsonObject => TextContentForm.JsonObject,
            WireContentForm.ContentJsonSchema => TextContentForm.JsonSchema,
            WireContentForm.ContentExpression => TextContentForm.Expression,
            _ => TextContentForm.Free,
        },
        Source = form.Source,
        Calls = form.Calls switch
        {
            CallForm.CallsChecked => ToolCallForm.Checked,
            CallForm.CallsRequired => ToolCallForm.Required,
            _ => ToolCallForm.Free,
        },
        Tools = tools,
        Functions = form.Functions.Count == 0 ? null : [.. form.Functions],
        SingleCall = form.SingleCall,
    };

    private TokenAutomaton? Find(string key)
    {
        lock (_gate)
        {
            if (!_kept.TryGetValue(key, out var node))
                return null;
            _byUse.Remove(node);
            _byUse.AddFirst(node);
            return node.Value.Automaton;
        }
    }

    // Two choices of one response may compile at once; both then use what came first.
    private TokenAutomaton Keep(string key, TokenAutomaton automaton)
    {
        lock (_gate)
        {
            if (_kept.TryGetValue(key, out var known))
                return known.Value.Automaton;
            _kept[key] = _byUse.AddFirst((key, automaton));
            if (_kept.Count > _maxCount)
            {
                _kept.Remove(_byUse.Last!.Value.Key);
                _byUse.RemoveLast();
            }

            return automaton;
        }
    }

    private static string Key(AnswerForm form, ReadOnlySpan<byte> toolsJson)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, [(byte)form.Content, (byte)form.Calls, form.SingleCall ? (byte)1 : (byte)0]);
        Add(hash, Encoding.UTF8.GetBytes(form.Source));
        Add(hash, form.Calls == CallForm.CallsFree ? default : toolsJson);
        foreach (var name in form.Functions)
            Add(hash, Encoding.UTF8.GetBytes(name));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}
