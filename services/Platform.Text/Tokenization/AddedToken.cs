namespace Platform.Text;

/// <summary>A token outside the merges, matched as a whole string before anything else.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Content">The string that stands for it.</param>
/// <param name="Special">Whether «skip special tokens» drops it from decoded text. Thinking and tool tags are added, but not special.</param>
public sealed record AddedToken(int Id, string Content, bool Special);
