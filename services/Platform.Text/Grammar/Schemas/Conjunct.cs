using System.Collections.Immutable;
using System.Text.Json;

namespace Platform.Text.Grammar;

/// <summary>A schema that a value must satisfy, perhaps beside others.</summary>
/// <param name="Schema">An object, true or false.</param>
/// <param name="Pointer">Where it stands.</param>
internal sealed record Conjunct(JsonElement Schema, string Pointer)
{
    /// <summary>Keywords that were replaced by the schemas they refer to.</summary>
    public ImmutableSortedSet<string> Resolved { get; init; } = [];

    /// <summary>The references that led here without a level of nesting between.</summary>
    public ImmutableHashSet<string> Path { get; init; } = [];

    /// <summary>Equal keys mean equal languages. Neither a tab nor a line feed stands in a pointer, so keys can be joined by them.</summary>
    public string Key => Resolved.IsEmpty ? Pointer : $"{Pointer}\t{string.Join(' ', Resolved)}";

    public Conjunct Without(string keyword) => this with { Resolved = Resolved.Add(keyword) };

    /// <summary>The value of a keyword that still counts.</summary>
    public JsonElement? Find(string keyword) =>
        Schema.ValueKind == JsonValueKind.Object && !Resolved.Contains(keyword) && Schema.TryGetProperty(keyword, out var value) ? value : null;

    public GrammarException Wrong(string keyword, string message) =>
        new($"'{keyword}' at {Pointer}: {message}", keyword, Pointer);

    /// <summary>A schema inside this one, a level of the value deeper or not.</summary>
    public Conjunct Inside(JsonElement schema, params ReadOnlySpan<string> steps)
    {
        var pointer = Pointer;
        foreach (string step in steps)
            pointer += "/" + Escaped(step);
        return new Conjunct(schema, pointer);
    }

    private static string Escaped(string step) => step
        .Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)
        .Replace("\t", "%09", StringComparison.Ordinal).Replace("\n", "%0A", StringComparison.Ordinal);
}
