using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>
/// Makes rules from a JSON Schema. A rule describes values that satisfy some schemas at once; each such set is compiled once, so that
/// recursion in the schema becomes recursion of rules.
/// </summary>
/// <remarks>
/// What is written may be less than what the schema allows, never more: properties come in the schema's order, keys of additional
/// properties have no escapes, numbers have bounded digits, and a schema with <c>properties</c> and no <c>additionalProperties</c> is closed.
/// </remarks>
internal sealed class SchemaCompiler
{
    private readonly Dictionary<string, int> _rules = new(StringComparer.Ordinal);
    private readonly Queue<Action> _bodies = new();
    private readonly SchemaReferences _references;
    private readonly HashSet<string> _proven = new(StringComparer.Ordinal);
    private int _proofs;

    /// <param name="json">Rules for JSON.</param>
    /// <param name="root">The document that references point into.</param>
    /// <param name="rootPointer">Its pointer.</param>
    public SchemaCompiler(JsonRules json, JsonElement root, string rootPointer)
    {
        Json = json;
        _references = new SchemaReferences(root, rootPointer);
    }

    public JsonRules Json { get; }

    /// <summary>The rule for values of a schema, drawn in full.</summary>
    public int Compile(Conjunct schema)
    {
        int rule = RuleOf([schema]);
        Finish();
        return rule;
    }

    /// <summary>Draws what was asked for and not drawn yet.</summary>
    public void Finish()
    {
        // A queue instead of recursion: a schema's depth costs no stack.
        while (_bodies.TryDequeue(out var body))
        {
            Json.Grammar.CancellationToken.ThrowIfCancellationRequested();
            body();
        }
    }

    /// <summary>The rule for values that satisfy all of some schemas.</summary>
    public int RuleOf(IReadOnlyList<Conjunct> schemas)
    {
        string key = string.Join('\n', schemas.Select(schema => schema.Key));
        if (_rules.TryGetValue(key, out int known))
            return known;
        var rule = Json.Grammar.Rule();
        _rules[key] = rule.Id;
        _bodies.Enqueue(() => Draw(rule, schemas));
        return rule.Id;
    }

    /// <summary>The alternatives of some schemas, with references, <c>allOf</c>, <c>anyOf</c> and <c>oneOf</c> taken apart.</summary>
    public IReadOnlyList<IReadOnlyList<Conjunct>> Alternatives(IReadOnlyList<Conjunct> schemas)
    {
        var done = new List<IReadOnlyList<Conjunct>>();
        var open = new Stack<IReadOnlyList<Conjunct>>([schemas]);
        for (int turns = 0; open.TryPop(out var next); turns++)
        {
            Json.Grammar.CancellationToken.ThrowIfCancellationRequested();
            if (turns > MaxTurns)
                throw next[0].Wrong("anyOf", $"its alternatives, with those inside them, were not told apart in {MaxTurns} steps. Use fewer.");
            var flat = Flattened(next);
            if (flat is null)
                continue;
            if (Branches(flat) is not { } branches)
            {
                done.Add(flat);
                continue;
            }

            if (done.Count + open.Count + branches.Count > MaxAlternatives)
                throw flat[0].Wrong("anyOf", $"it comes, with those inside it, to more than {MaxAlternatives} alternatives. Use fewer.");
            for (int i = branches.Count - 1; i >= 0; i--)
                open.Push(branches[i]);
        }

        return done;
    }

    /// <summary>The most alternatives of a schema.</summary>
    public const int MaxAlternatives = 1024;

    private const int MaxTurns = 2 * MaxAlternatives;
    private const int MaxProofs = 64;
    private const int MaxConjuncts = 256;

    private void Draw(RuleBuilder rule, IReadOnlyList<Conjunct> schemas)
    {
        foreach (var alternative in Alternatives(schemas))
            new TypeDrawing(this, rule, alternative).Draw();
    }

    // References and allOf add schemas that must hold as well. Null: one of them is false.
    private List<Conjunct>? Flattened(IReadOnlyList<Conjunct> schemas)
    {
        var flat = new List<Conjunct>();
        var open = new Queue<Conjunct>(schemas);
        while (open.TryDequeue(out var next))
        {
            if (flat.Count > MaxConjuncts)
                throw next.Wrong("allOf", $"more than {MaxConjuncts} schemas must hold at once. Merge them.");
            if (next.Schema.ValueKind == JsonValueKind.False)
                return null;
            if (next.Schema.ValueKind == JsonValueKind.True || flat.Any(known => known.Key == next.Key))
                continue;
            Keywords.Check(next);
            flat.Add(Resolve(next, open));
        }

        return flat;
    }

    private Conjunct Resolve(Conjunct schema, Queue<Conjunct> open)
    {
        var path = schema.Path.Add(schema.Pointer);
        if (schema.Find("$ref") is not null)
        {
            var target = _references.Resolve(schema);
            if (path.Contains(target.Pointer))
                throw schema.Wrong("$ref", "it leads back to itself without a property or item in between. Point it to another schema.");
            open.Enqueue(target with { Path = path });
            schema = schema.Without("$ref");
        }

        if (schema.Find("allOf") is not null)
        {
            foreach (var member in SchemaReading.Schemas(schema, "allOf"))
                open.Enqueue(member with { Path = path });
            schema = schema.Without("allOf");
        }

        return schema;
    }

    private List<IReadOnlyList<Conjunct>>? Branches(List<Conjunct> flat)
    {
        foreach (string keyword in (string[])["anyOf", "oneOf"])
        {
            int at = flat.FindIndex(schema => schema.Find(keyword) is not null);
            if (at < 0)
                continue;
            var owner = flat[at];
            var path = owner.Path.Add(owner.Pointer);
            IReadOnlyList<Conjunct> members = [.. SchemaReading.Schemas(owner, keyword).Select(member => member with { Path = path })];
            if (keyword == "oneOf")
                Prove(owner, members);
            var others = flat.ToList();
            others[at] = owner.Without(keyword);
            return [.. members.Select(member => (IReadOnlyList<Conjunct>)[.. others, member])];
        }

        return null;
    }

    // Once per place: what stands around it does not make its members overlap. A proof may need those of oneOfs inside, which costs stack.
    private void Prove(Conjunct owner, IReadOnlyList<Conjunct> members)
    {
        if (!_proven.Add(owner.Pointer))
            return;
        if (++_proofs > MaxProofs)
            throw owner.Wrong("oneOf", $"it stands inside {MaxProofs} others. Use anyOf.");
        new Disjointness(this).Require(owner, members);
        _proofs--;
    }
}
