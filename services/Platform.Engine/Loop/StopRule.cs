namespace Platform.Engine;

/// <summary>Called on the engine thread after each newly generated token (not for replayed ones). It must be quick and must not block.</summary>
/// <param name="token">The id just generated.</param>
/// <returns>True ends the sequence with <see cref="FinishReason.Stop"/>; the token is still emitted.</returns>
/// <remarks>An exception ends this sequence alone with <see cref="FinishReason.Error"/>.</remarks>
public delegate bool StopRule(int token);
