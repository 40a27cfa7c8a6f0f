using System.Collections.Concurrent;

namespace Conformance.ScriptedDecoder;

/// <summary>The scripted decoders of one platform, by app id.</summary>
public sealed class ScriptedDecoders
{
    private readonly ConcurrentDictionary<string, ScriptedDecoder> _byAppId = new();

    public IEnumerable<ScriptedDecoder> All => _byAppId.Values;

    public void Add(ScriptedDecoder decoder) => _byAppId[decoder.AppId] = decoder;

    public bool Has(string appId) => _byAppId.ContainsKey(appId);

    public ScriptedDecoder Get(string appId) => _byAppId[appId];
}
