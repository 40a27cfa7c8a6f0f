using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using Platform.Gateway.Options;

namespace Platform.Gateway.Keys;

/// <summary>The keys from the configuration, as hashes.</summary>
internal sealed class KeyRing
{
    private readonly (byte[] Hash, Caller Caller)[] _keys;

    public KeyRing(IOptions<GatewayOptions> options)
    {
        _keys = [.. options.Value.Keys.Select(key => (Convert.FromHexString(key.Sha256), CallerOf(key)))];
        IsOpen = options.Value.Open;
    }

    public bool IsOpen { get; }

    /// <summary>Who everybody is when the server is open.</summary>
    public static Caller Anyone { get; } = new("open", SaltOf("open"), null);

    /// <summary>Whose key this is, or null. Takes the same time whichever key matches, or none.</summary>
    public Caller? Find(string key)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(key), hash);
        Caller? found = null;
        foreach (var (known, caller) in _keys)
        {
            if (CryptographicOperations.FixedTimeEquals(known, hash))
                found = caller;
        }

        return found;
    }

    private static Caller CallerOf(ApiKeyOptions key) => new(
        key.Name,
        SaltOf("project:" + (key.Project.Length > 0 ? key.Project : key.Name)),
        key.Models.Count > 0 ? key.Models.ToHashSet(StringComparer.Ordinal) : null);

    private static string SaltOf(string project) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes("platform cache salt\n" + project)).AsSpan(0, 16));
}
