using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Contracts.Tokenization;
using Platform.Gateway.Options;

namespace Platform.Gateway.Tokens;

/// <summary>The tokenizer service, for <c>/tokenize</c> and <c>/detokenize</c>. Long texts go in parts below a message's limit.</summary>
internal sealed class TokenizerService(Sidecar sidecar, IOptions<GatewayOptions> options, TimeProvider time)
{
    private const int PartBytes = 256 * 1024;
    private const int PartIds = 64 * 1024;

    private readonly Tokenization.TokenizationClient _tokenizer = new(sidecar.For(AppIds.Tokenizer));

    private DateTime Deadline => time.GetUtcNow().UtcDateTime + options.Value.ServiceTimeout;

    public async Task<IReadOnlyList<int>> EncodeAsync(string text, bool parseSpecial, CancellationToken cancellationToken)
    {
        using var call = _tokenizer.Encode(deadline: Deadline, cancellationToken: cancellationToken);
        var special = parseSpecial ? SpecialTokens.Parse : SpecialTokens.AsText;
        return await ExchangeAsync(
            call, new EncodePart { Options = new EncodeOptions { SpecialTokens = special } }, Encoding.UTF8.GetBytes(text),
            static part => new EncodePart { Text = part }, cancellationToken);
    }

    public async Task<IReadOnlyList<int>> RenderChatAsync(byte[] json, RenderChatOptions render, CancellationToken cancellationToken)
    {
        using var call = _tokenizer.RenderChat(deadline: Deadline, cancellationToken: cancellationToken);
        return await ExchangeAsync(
            call, new RenderChatPart { Options = render }, json, static part => new RenderChatPart { Json = part }, cancellationToken);
    }

    public async Task<string> DecodeAsync(int[] ids, CancellationToken cancellationToken)
    {
        using var call = _tokenizer.Decode(deadline: Deadline, cancellationToken: cancellationToken);
        var reading = ReadTextAsync(call.ResponseStream, cancellationToken);
        for (var offset = 0; offset < ids.Length && !reading.IsCompleted; offset += PartIds)
        {
            var part = new DecodePart();
            part.Ids.AddRange(ids.Skip(offset).Take(PartIds));
            await TrySendAsync(call.RequestStream, part);
        }

        await TryCompleteAsync(call.RequestStream);
        return await reading;
    }

    private static async Task<IReadOnlyList<int>> ExchangeAsync<TPart>(
        AsyncDuplexStreamingCall<TPart, PromptPart> call, TPart first, byte[] utf8, Func<ByteString, TPart> wrap, CancellationToken cancellationToken)
    {
        var reading = ReadIdsAsync(call.ResponseStream, cancellationToken);
        await TrySendAsync(call.RequestStream, first);
        for (var offset = 0; offset < utf8.Length && !reading.IsCompleted; offset += PartBytes)
        {
            var part = UnsafeByteOperations.UnsafeWrap(utf8.AsMemory(offset, Math.Min(PartBytes, utf8.Length - offset)));
            await TrySendAsync(call.RequestStream, wrap(part));
        }

        await TryCompleteAsync(call.RequestStream);
        return await reading;
    }

    private static async Task<IReadOnlyList<int>> ReadIdsAsync(IAsyncStreamReader<PromptPart> parts, CancellationToken cancellationToken)
    {
        var ids = new List<int>();
        await foreach (var part in parts.ReadAllAsync(cancellationToken))
            ids.AddRange(part.Ids);
        return ids;
    }

    private static async Task<string> ReadTextAsync(IAsyncStreamReader<TextPart> parts, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        await foreach (var part in parts.ReadAllAsync(cancellationToken))
            text.Append(part.Text);
        return text.ToString();
    }

    // A service that refuses early closes its side; the reason is in its reply, not in the failed write.
    private static async Task TrySendAsync<TPart>(IClientStreamWriter<TPart> stream, TPart part)
    {
        try
        {
            await stream.WriteAsync(part);
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
        }
    }

    private static async Task TryCompleteAsync<TPart>(IClientStreamWriter<TPart> stream)
    {
        try
        {
            await stream.CompleteAsync();
        }
        catch (Exception failure) when (failure is RpcException or InvalidOperationException)
        {
        }
    }
}
