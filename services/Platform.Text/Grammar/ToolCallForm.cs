namespace Platform.Text.Grammar;

/// <summary>How an answer may call tools.</summary>
public enum ToolCallForm
{
    /// <summary>Not constrained; with constrained content: not at all.</summary>
    Free,

    /// <summary>The model decides between content and calls; a call must fit its tool.</summary>
    Checked,

    /// <summary>The answer consists of calls.</summary>
    Required,
}
