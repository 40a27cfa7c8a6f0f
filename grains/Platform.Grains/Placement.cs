using Platform.Contracts.Decoding;

namespace Platform.Grains;

/// <summary>What is to be placed: a response whose prompt is encoded and whose output is fitted to the context.</summary>
internal sealed record Placement(string ResponseId, long Epoch, ResponseRequest Request, EncodedPrompt Prompt, int MaxTokens)
{
    /// <summary>What the decoder is told about one choice.</summary>
    public GenerateStart StartOf(int choice) => WireForms.Start(ResponseId, Epoch, choice, Request, Prompt, MaxTokens);
}
