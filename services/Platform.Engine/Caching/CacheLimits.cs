namespace Platform.Engine;

/// <summary>The prefix cache's bounds, settled.</summary>
/// <param name="Pages">Pages of the KV cache that prefixes may keep; running sequences take them when they need them.</param>
/// <param name="Checkpoints">Slots for checkpoints; 0 turns the cache off.</param>
/// <param name="PerRequest">Checkpoints of one prompt, the newest.</param>
internal sealed record CacheLimits(int Pages, int Checkpoints, int PerRequest);
