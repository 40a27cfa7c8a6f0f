namespace Conformance.Caching;

/// <summary>What a turn cost.</summary>
/// <param name="Prompt">Tokens of the prompt.</param>
/// <param name="Cached">Of those, tokens that came from the cache.</param>
/// <param name="FirstToken">From the request to the first text.</param>
internal sealed record AgentTurn(int Prompt, int Cached, TimeSpan FirstToken)
{
    public int Computed => Prompt - Cached;
}
