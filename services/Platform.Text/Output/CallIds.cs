using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Platform.Text.Output;

/// <summary>Ids of tool calls: from a seed, or random.</summary>
internal sealed class CallIds(string? seed)
{
    private const int Digits = 24;

    public string Of(int index)
    {
        byte[] bytes = seed is null
            ? RandomNumberGenerator.GetBytes(Digits / 2)
            : SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{seed}:{index}")));
        return "call_" + Convert.ToHexStringLower(bytes)[..Digits];
    }
}
