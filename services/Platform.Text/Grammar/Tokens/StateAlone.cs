namespace Platform.Text.Grammar;

/// <summary>What one state of a rule allows whatever called the rule, and where that depends on the caller.</summary>
/// <param name="Trie">The tokens that were tried: all, or those that are not plain text.</param>
/// <param name="Accepted">Tokens that fit in any case.</param>
/// <param name="Escapes">Nodes where the rule ends and the caller must read the rest.</param>
/// <param name="MostConfigurations">The most ways that were open at once.</param>
/// <param name="Deepest">Stack levels needed above the caller's.</param>
internal sealed record StateAlone(TokenTrie Trie, TokenMask Accepted, int[] Escapes, int MostConfigurations, int Deepest)
{
    public long Bytes => 96 + Accepted.Bytes + (4L * Escapes.Length);
}
