namespace Platform.Kernels.Emitted;

/// <summary>A place in the code that jumps go to.</summary>
internal sealed class Label
{
    /// <summary>Where it lies, or -1 while it is not placed.</summary>
    public int Position { get; set; } = -1;

    /// <summary>Where the 32-bit distances of jumps to it lie that were written before it was placed.</summary>
    public List<int> Open { get; } = [];
}
