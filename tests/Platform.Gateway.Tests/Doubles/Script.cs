using System.Text;
using Platform.Grains;

namespace Platform.Gateway.Tests.Doubles;

/// <summary>Makes events as a decoder would send them.</summary>
public static class Script
{
    public static TokensEvent Tokens(int choice, params string[] texts) =>
        new() { Number = 0, Choice = choice, Tokens = [.. texts.Select((text, at) => Token(Encoding.UTF8.GetBytes(text), at))] };

    public static TokensEvent Bytes(int choice, params byte[][] tokens) =>
        new() { Number = 0, Choice = choice, Tokens = [.. tokens.Select(Token)] };

    public static FinishedEvent Finish(int choice, ResponseFinish reason = ResponseFinish.Stop, int cached = 0) =>
        new() { Number = 0, Choice = choice, Reason = reason, CachedTokens = cached };

    public static FinishedEvent Fail(int choice, string error, bool retryable) =>
        new() { Number = 0, Choice = choice, Reason = ResponseFinish.Failed, Error = error, Retryable = retryable };

    /// <summary>Each choice says the same, letter by letter, the choices interleaved.</summary>
    public static IAsyncEnumerable<ResponseEvent> Text(string text, int choices = 1) => Play(
    [
        .. text.SelectMany(letter => Enumerable.Range(0, choices).Select(choice => (ResponseEvent)Tokens(choice, letter.ToString()))),
        .. Enumerable.Range(0, choices).Select(choice => Finish(choice)),
    ]);

    public static async IAsyncEnumerable<ResponseEvent> Play(params ResponseEvent[] events)
    {
        foreach (var next in events)
        {
            await Task.Yield();
            yield return next;
        }
    }

    private static ResponseToken Token(byte[] bytes, int at) =>
        new(100 + at, bytes, false, -0.5f - at, [new TokenLogprob(100 + at, bytes, -0.5f - at), new TokenLogprob(7, "other"u8.ToArray(), float.NegativeInfinity)]);
}
