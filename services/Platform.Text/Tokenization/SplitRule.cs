namespace Platform.Text;

/// <summary>How text is cut into the pieces that merges never cross.</summary>
public enum SplitRule
{
    /// <summary>Qwen2 and Qwen3: words are runs of letters.</summary>
    Qwen3,

    /// <summary>Qwen3.5 and later: words are runs of letters and marks.</summary>
    Qwen35,
}
