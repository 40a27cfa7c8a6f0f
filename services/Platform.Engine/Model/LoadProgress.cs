namespace Platform.Engine;

/// <summary>How far loading has come.</summary>
/// <param name="DoneBytes">Bytes of this stage that are done: of the checkpoint's tensors while packing, of the packed file otherwise.</param>
/// <param name="TotalBytes">Bytes of this stage; some tensors (another part's) may never be read.</param>
/// <param name="Stage">What is being done.</param>
/// <param name="Note">A decision that the operator should read, in one line; null in ordinary reports.</param>
public readonly record struct LoadProgress(long DoneBytes, long TotalBytes, LoadStage Stage = LoadStage.Packing, string? Note = null);
