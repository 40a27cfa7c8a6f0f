namespace Platform.Gateway.Keys;

/// <summary>Who sends a request.</summary>
/// <param name="Name">The key's name, or "open".</param>
/// <param name="CacheSalt">Callers with equal salts share caches.</param>
/// <param name="Models">Models it may use; null: all.</param>
internal sealed record Caller(string Name, string CacheSalt, IReadOnlySet<string>? Models)
{
    public bool MayUse(string model) => Models is null || Models.Contains(model);
}
