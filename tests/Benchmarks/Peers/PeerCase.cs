using System.Globalization;

namespace Benchmarks.Peers;

/// <summary>What is compared.</summary>
/// <param name="Kind">decode, prefill or start.</param>
/// <param name="Batch">Sequences that decode; 1 otherwise.</param>
/// <param name="Tokens">The context of decode, or the prompt of prefill.</param>
internal sealed record PeerCase(string Kind, int Batch, int Tokens)
{
    public const string Decode = "decode";
    public const string Prefill = "prefill";

    /// <summary>From the start of the process to its first token, and the memory it then has.</summary>
    public const string Start = "start";

    public string Name => Kind switch
    {
        Decode => Tokens == 0 ? $"decode, batch {Batch}" : $"decode, batch {Batch}, context {Tokens}",
        Prefill => $"prefill of {Tokens}",
        _ => "process start to first token",
    };

    /// <summary>Reads decode:BATCH, decode:BATCH@CONTEXT, prefill:TOKENS or start.</summary>
    /// <exception cref="ArgumentException">Anything else.</exception>
    public static PeerCase Parse(string text)
    {
        var parts = text.Split(':', '@');
        return parts switch
        {
            [Start] => new PeerCase(Start, 1, 16),
            [Decode, var batch] => new PeerCase(Decode, Number(batch), 0),
            [Decode, var batch, var context] => new PeerCase(Decode, Number(batch), Number(context)),
            [Prefill, var tokens] => new PeerCase(Prefill, 1, Number(tokens)),
            _ => throw Wrong(),
        };

        int Number(string digits) =>
            int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value > 0 ? value : throw Wrong();

        ArgumentException Wrong() => new($"'{text}' is no case; write decode:BATCH, decode:BATCH@CONTEXT, prefill:TOKENS or start.");
    }
}
