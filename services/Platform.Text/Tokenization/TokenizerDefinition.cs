namespace Platform.Text;

/// <summary>What a tokenizer's files say, checked.</summary>
/// <param name="Bytes">The bytes of every id, added tokens included.</param>
/// <param name="SingleByteIds">The id of each single byte.</param>
/// <param name="Merges">Which pairs merge.</param>
/// <param name="AddedTokens">By id.</param>
/// <param name="Split">How text is cut into pieces.</param>
internal sealed record TokenizerDefinition(
    TokenBytes Bytes, int[] SingleByteIds, MergeTable Merges, IReadOnlyList<AddedToken> AddedTokens, SplitRule Split);
