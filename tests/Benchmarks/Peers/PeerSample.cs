namespace Benchmarks.Peers;

/// <summary>One measurement of one engine.</summary>
/// <param name="Value">Tokens a second, or seconds for a start.</param>
/// <param name="PeakBytes">The most memory its process had; 0 when it shares this one.</param>
/// <param name="Raw">The command and the line it came from.</param>
internal readonly record struct PeerSample(double Value, long PeakBytes, string Raw);
