namespace Platform.Text.Output;

/// <summary>A piece of a parsed reply, in the order it became certain. No delta is empty.</summary>
public abstract record OutputDelta;
