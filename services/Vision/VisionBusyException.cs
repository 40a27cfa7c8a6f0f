namespace Platform.Vision;

/// <summary>There is no place for more work; the caller should try again later.</summary>
internal sealed class VisionBusyException(string what, int most)
    : Exception($"{most} {what} are already waiting, which is the most. Try again in a few seconds.");
