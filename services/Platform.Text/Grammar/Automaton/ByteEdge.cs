namespace Platform.Text.Grammar;

/// <summary>A byte from <paramref name="Low"/> to <paramref name="High"/>, both included, leads to <paramref name="Target"/>.</summary>
internal readonly record struct ByteEdge(byte Low, byte High, int Target);
