using System.Security.Cryptography;

namespace Platform.Gateway.Responses;

/// <summary>Ids that cannot be guessed, since whoever knows one can name the response.</summary>
internal static class ResponseIds
{
    public static string Chat() => "chatcmpl-" + Random();

    public static string Completion() => "cmpl-" + Random();

    private static string Random() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
}
