using Platform.Contracts.Decoding;
using Platform.Engine;
using Platform.Text;

namespace Platform.Decoder;

/// <summary>A loaded model with its engine, and what the service must know about it. Owns the engine and the model.</summary>
/// <param name="Engine">Computes.</param>
/// <param name="Model">What it computes with.</param>
/// <param name="Tokenizer">Bytes of tokens.</param>
/// <param name="Description">What clients and the directory are told.</param>
/// <param name="StopIds">Ids that end an answer.</param>
/// <param name="Media">How pictures enter the prompt, or null for a model without eyes.</param>
/// <param name="Grammars">What constrained answers look like.</param>
internal sealed record ServedDecoder(
    InferenceEngine Engine,
    TextModel Model,
    Tokenizer Tokenizer,
    DecoderDescription Description,
    IReadOnlyList<int> StopIds,
    MediaShape? Media,
    AnswerGrammars Grammars) : IAsyncDisposable
{
    /// <summary>How thinking blocks are written, or null where the vocabulary cannot decide between them.</summary>
    public ReasoningTags? Reasoning { get; } = ReasoningTags.Find(Tokenizer);

    public async ValueTask DisposeAsync()
    {
        await Engine.DisposeAsync();
        Model.Dispose();
    }
}
