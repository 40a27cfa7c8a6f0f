namespace Platform.Text.Output;

/// <summary>Where in a reply the parser stands.</summary>
public enum OutputState
{
    /// <summary>Inside the think block.</summary>
    Reasoning,

    /// <summary>In the visible answer.</summary>
    Content,

    /// <summary>Inside a tool call, between parameters.</summary>
    Call,

    /// <summary>Inside the value of a parameter.</summary>
    Value,

    /// <summary>Right after a tool call.</summary>
    After,

    /// <summary>Finished, cancelled, or cut by a stop string; nothing more is read.</summary>
    Ended,
}
