using Platform.Engine;

namespace Platform.Decoder;

/// <summary>A prompt's media as the engine takes them.</summary>
internal sealed record PulledMedia(MediaEmbeddings? Embeddings, MropePositions Positions);
