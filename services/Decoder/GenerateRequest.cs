using Grpc.Core;
using Platform.Contracts.Decoding;

namespace Platform.Decoder;

/// <summary>One choice as it came over the wire: its start and the prompt's ids.</summary>
internal sealed record GenerateRequest(GenerateStart Start, int[] PromptIds)
{
    /// <summary>Reads the parts up to <c>begin</c>.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: the parts are not in order, or the prompt is longer than the bound.</exception>
    public static async Task<GenerateRequest> ReadAsync(
        IAsyncStreamReader<GeneratePart> parts, int maxPromptTokens, CancellationToken cancellationToken)
    {
        GenerateStart? start = null;
        List<int> ids = [];
        while (await parts.MoveNext(cancellationToken))
        {
            switch (parts.Current.PartCase)
            {
                case GeneratePart.PartOneofCase.Start when start is null:
                    start = parts.Current.Start;
                    break;
                case GeneratePart.PartOneofCase.Prompt when start is not null:
                    ids.AddRange(parts.Current.Prompt.Ids);
                    if (ids.Count > maxPromptTokens)
                        throw Invalid($"The prompt has more than {maxPromptTokens} tokens, the most this decoder takes. Shorten it.");
                    break;
                case GeneratePart.PartOneofCase.Begin when start is not null:
                    return new GenerateRequest(start, [.. ids]);
                default:
                    throw Invalid("The call's parts are not in order: one start, then prompt ids, then begin.");
            }
        }
        throw Invalid("The call ended before it began: send start, prompt ids, then begin.");
    }

    private static RpcException Invalid(string message) => new(new Status(StatusCode.InvalidArgument, message));
}
