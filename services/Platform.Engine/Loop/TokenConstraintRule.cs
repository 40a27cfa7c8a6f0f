namespace Platform.Engine;

/// <summary>Called on the engine thread before each token is chosen: may force it or narrow the choice. It must be quick and must not block.</summary>
/// <param name="progress">What was generated and the raw logits; valid during the call only.</param>
/// <remarks>It must be a pure function of the tokens and logits it is shown, so that a sequence replayed elsewhere gets the same text. An
/// exception, or a mask that leaves no sampleable id, ends this sequence alone with <see cref="FinishReason.Error"/>.</remarks>
public delegate TokenConstraint TokenConstraintRule(in GenerationProgress progress);
