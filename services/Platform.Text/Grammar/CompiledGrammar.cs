namespace Platform.Text.Grammar;

/// <summary>
/// A language of byte strings: rules that call each other, each a small automaton over bytes with one counter. Immutable and
/// thread-safe; knows nothing of tokens.
/// </summary>
public sealed class CompiledGrammar
{
    internal CompiledGrammar(GrammarState[] states, GrammarRule[] rules, int root, int rootAfterReasoning, int maxDepth)
    {
        States = states;
        Rules = rules;
        Root = root;
        RootAfterReasoning = rootAfterReasoning;
        MaxDepth = maxDepth;
        Classes = new ByteClasses(states);
    }

    /// <summary>States of the automaton, a measure of its size.</summary>
    public int StateCount => States.Length;

    internal GrammarState[] States { get; }

    internal GrammarRule[] Rules { get; }

    internal int Root { get; }

    /// <summary>The root, with the line breaks before it that follow a closing tag.</summary>
    internal int RootAfterReasoning { get; }

    internal int MaxDepth { get; }

    internal ByteClasses Classes { get; }

    /// <summary>Compiles what a request asks for.</summary>
    /// <exception cref="GrammarException">It is malformed, uses what is not supported, has no finite answer, or is larger than the limits.</exception>
    /// <exception cref="OperationCanceledException">Cancelled.</exception>
    public static CompiledGrammar Compile(GrammarRequest request, GrammarLimits? limits = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new RequestCompiler(request, limits ?? new GrammarLimits(), cancellationToken).Compile();
    }
}
