namespace Platform.Text.Grammar;

/// <summary>
/// Makes an automaton over characters from a regular expression: one state per character of the expression, repetitions written out, so
/// that matching never backtracks.
/// </summary>
internal sealed class ExpressionCompiler
{
    private readonly int _maxStates;
    private readonly Func<string, GrammarException> _error;
    private readonly List<CodePointSet> _positions = [];
    private readonly List<HashSet<int>> _follow = [];

    private ExpressionCompiler(int maxStates, Func<string, GrammarException> error)
    {
        _maxStates = maxStates;
        _error = error;
    }

    private sealed record Part(bool Nullable, IReadOnlyList<int> First, IReadOnlyList<int> Last);

    /// <summary>Compiles an expression.</summary>
    /// <param name="text">The expression.</param>
    /// <param name="wholeText">Whether it describes the whole text; otherwise it must only be found in it, as JSON Schema has it.</param>
    /// <param name="maxStates">The most states.</param>
    /// <param name="error">Makes the exception for a message.</param>
    public static CharacterAutomaton Compile(string text, bool wholeText, int maxStates, Func<string, GrammarException> error)
    {
        var node = new AnchorPlacement(error).Place(ExpressionParser.Parse(text, error), wholeText);
        return new ExpressionCompiler(maxStates, error).Compile(node);
    }

    private CharacterAutomaton Compile(ExpressionNode node)
    {
        var whole = Visit(node);
        var edges = new List<IReadOnlyList<(CodePointSet, int)>> { Edges(whole.First) };
        edges.AddRange(_follow.Select(Edges));
        var ends = new bool[_positions.Count + 1];
        ends[0] = whole.Nullable;
        foreach (int last in whole.Last)
            ends[last + 1] = true;
        return new CharacterAutomaton(edges, ends).Trimmed();
    }

    private IReadOnlyList<(CodePointSet, int)> Edges(IEnumerable<int> positions) =>
        [.. positions.Order().Select(position => (_positions[position], position + 1))];

    private Part Visit(ExpressionNode node)
    {
        // Parts without characters, written out over and over, meet no other bound.
        if (++_visits > VisitsPerState * (long)_maxStates)
            throw _error("its repetitions come to too many parts. Lower their bounds.");
        return node switch
        {
            ExpressionNode.Characters characters => Position(characters.Set),
            ExpressionNode.Sequence sequence => sequence.Parts.Select(Visit).Aggregate(new Part(true, [], []), Then),
            ExpressionNode.Choice choice => choice.Parts.Select(Visit).Aggregate(Or),
            ExpressionNode.Repeat repeat => Repeated(repeat),
            _ => throw new InvalidOperationException("Anchors are placed before compiling."),
        };
    }

    private Part Position(CodePointSet set)
    {
        if (_positions.Count >= _maxStates)
            throw _error($"with its repetitions written out it has more than {_maxStates} characters. Lower its bounds, or leave them open.");
        _positions.Add(set);
        _follow.Add([]);
        return new Part(false, [_positions.Count - 1], [_positions.Count - 1]);
    }

    private Part Repeated(ExpressionNode.Repeat repeat)
    {
        var result = new Part(true, [], []);
        if (repeat.Max == 0 || repeat.Part is ExpressionNode.Sequence { Parts.Count: 0 })
            return result;
        for (int i = 0; i < repeat.Min; i++)
            result = Then(result, repeat.Max < 0 && i == repeat.Min - 1 ? Loop(Visit(repeat.Part)) : Visit(repeat.Part));
        if (repeat.Max < 0)
            return repeat.Min > 0 ? result : Loop(Visit(repeat.Part)) with { Nullable = true };
        return Then(result, Optional(repeat.Part, repeat.Max - repeat.Min));
    }

    // x{0,3} is (x(x(x)?)?)?: built from the inside out, so that only the next copy follows each.
    private Part Optional(ExpressionNode node, int count)
    {
        var result = new Part(true, [], []);
        for (int i = 0; i < count; i++)
            result = Then(Visit(node), result) with { Nullable = true };
        return result;
    }

    private Part Loop(Part part)
    {
        Link(part.Last, part.First);
        return part;
    }

    private Part Then(Part a, Part b)
    {
        Link(a.Last, b.First);
        return new Part(
            a.Nullable && b.Nullable,
            a.Nullable ? [.. a.First.Union(b.First)] : a.First,
            b.Nullable ? [.. a.Last.Union(b.Last)] : b.Last);
    }

    private static Part Or(Part a, Part b) =>
        new(a.Nullable || b.Nullable, [.. a.First.Union(b.First)], [.. a.Last.Union(b.Last)]);

    private void Link(IReadOnlyList<int> from, IReadOnlyList<int> to)
    {
        _links += (long)from.Count * to.Count;
        if (_links > MaxLinks)
            throw _error("too many of its parts may follow each other. Use fewer optional parts beside each other.");
        foreach (int position in from)
            _follow[position].UnionWith(to);
    }

    private const long MaxLinks = 400_000;
    private const int VisitsPerState = 32;

    private long _links;
    private long _visits;
}
