namespace Platform.Engine;

/// <summary>How much is checked in the shadow, and where.</summary>
/// <param name="Share">Of the finished sequences, 0 to 1.</param>
/// <param name="Tokens">The longest sequence that is checked, prompt and answer together; 0: none is.</param>
/// <param name="FirstPage">First of the pages that belong to the check.</param>
/// <param name="Slot">The slot that belongs to it.</param>
internal readonly record struct ShadowLimits(double Share, int Tokens, int FirstPage, int Slot)
{
    /// <summary>Whether anything is checked.</summary>
    public bool IsOn => Share > 0 && Tokens > 0;

    public int Pages => IsOn ? PageAllocator.PagesFor(Tokens) : 0;

    public int Slots => IsOn ? 1 : 0;
}
