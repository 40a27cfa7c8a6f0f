using Google.Protobuf;
using Grpc.Core;
using Platform.Contracts;
using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;
using Platform.Text;

namespace Conformance.ScriptedDecoder;

/// <summary>The decoding contract, played. Several decoders share it; the app id of a call says which one is meant.</summary>
internal sealed class ScriptedDecodingService(ScriptedDecoders decoders, Tokenizer tokenizer) : Decoding.DecodingBase
{
    public override async Task Generate(
        IAsyncStreamReader<GeneratePart> requestStream, IServerStreamWriter<GenerateEvent> responseStream, ServerCallContext context)
    {
        var decoder = DecoderOf(context);
        var (start, promptIds) = await ReadAsync(requestStream, context.CancellationToken);
        if (!decoder.TryEnter())
            throw new RpcException(new Status(StatusCode.ResourceExhausted, "The queue is full."));
        try
        {
            var reply = decoder.Answer(start, promptIds, tokenizer.Decode(promptIds));
            await responseStream.WriteAsync(new GenerateEvent { Accepted = new Accepted { NumericsId = "scripted", PromptTokens = promptIds.Length } });
            await PlayAsync(reply, start, responseStream, context.CancellationToken);
        }
        finally
        {
            decoder.Leave(context.CancellationToken.IsCancellationRequested);
        }
    }

    public override Task<DecoderDescription> Describe(DescribeDecoderRequest request, ServerCallContext context) =>
        Task.FromResult(DecoderOf(context).Describe(tokenizer.IdCount));

    private ScriptedDecoder DecoderOf(ServerCallContext context) =>
        decoders.Get(context.RequestHeaders.GetValue(Sidecar.AppIdHeader) ?? "");

    private static async Task<(GenerateStart Start, int[] PromptIds)> ReadAsync(
        IAsyncStreamReader<GeneratePart> parts, CancellationToken cancellationToken)
    {
        GenerateStart? start = null;
        List<int> ids = [];
        while (await parts.MoveNext(cancellationToken))
        {
            switch (parts.Current.PartCase)
            {
                case GeneratePart.PartOneofCase.Start:
                    start = parts.Current.Start;
                    break;
                case GeneratePart.PartOneofCase.Prompt:
                    ids.AddRange(parts.Current.Prompt.Ids);
                    break;
                default:
                    return (start ?? throw new RpcException(new Status(StatusCode.InvalidArgument, "No start.")), [.. ids]);
            }
        }
        throw new RpcException(new Status(StatusCode.InvalidArgument, "The call ended before it began."));
    }

    private async Task PlayAsync(
        ScriptedReply reply, GenerateStart start, IServerStreamWriter<GenerateEvent> events, CancellationToken cancellationToken)
    {
        if (reply.Decided != ReasoningMode.Unspecified)
            await events.WriteAsync(new GenerateEvent { ReasoningMode = reply.Decided }, cancellationToken);
        var ids = tokenizer.Encode(reply.Text, Platform.Text.SpecialTokens.Parse, cancellationToken);
        var count = Math.Min(ids.Length, start.MaxTokens);
        var message = new Tokens();
        for (var index = 0; index < count; index++)
        {
            await reply.BeforeToken(index, cancellationToken);
            if (index == reply.BreakAfter)
                throw new RpcException(new Status(StatusCode.Unavailable, "The scripted decoder died."));
            if (index == reply.FailAfter)
            {
                await FinishAsync(events, new Finished { Reason = FinishReason.Failed, Error = "scripted failure" }, cancellationToken);
                return;
            }
            message.Tokens_.Add(Token(ids[index], start));
            if (message.Tokens_.Count >= reply.TokensPerMessage || index == count - 1)
            {
                await events.WriteAsync(new GenerateEvent { Tokens = message }, cancellationToken);
                message = new Tokens();
            }
        }
        var reason = count < ids.Length ? FinishReason.Length : FinishReason.Stop;
        await FinishAsync(events, new Finished { Reason = reason, CachedTokens = reply.CachedTokens }, cancellationToken);
    }

    private static Task FinishAsync(IServerStreamWriter<GenerateEvent> events, Finished finished, CancellationToken cancellationToken) =>
        events.WriteAsync(new GenerateEvent { Finished = finished }, cancellationToken);

    private GeneratedToken Token(int id, GenerateStart start)
    {
        var token = new GeneratedToken { Id = id, Text = Bytes(id), Special = tokenizer.IsSpecial(id) };
        if (!start.Logprobs)
            return token;
        token.Logprob = -0.25f;
        for (var rank = 0; rank < start.TopLogprobs; rank++)
        {
            var alternative = (id + rank) % tokenizer.IdCount;
            token.Top.Add(new TopLogprob { Id = alternative, Text = Bytes(alternative), Logprob = -0.25f - rank });
        }
        return token;
    }

    private ByteString Bytes(int id) => ByteString.CopyFrom(tokenizer.TokenBytes(id));
}
