using System.Text;
using System.Text.Json;
using Grpc.Core;
using Platform.Contracts.Tokenization;
using Platform.Text;
using Platform.Text.Chat;

namespace Platform.Tokenizer;

/// <summary>Text in and out of token ids, over gRPC.</summary>
internal sealed class TokenizationService(PromptRenderer renderer, TokenizerOptions options) : Tokenization.TokenizationBase
{
    // 65,536 ids are at most 320 KiB on the wire, 131,072 characters at most 384 KiB.
    private const int IdsPerPart = 65_536;
    private const int CharactersPerPart = 131_072;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public override async Task RenderChat(
        IAsyncStreamReader<RenderChatPart> requestStream, IServerStreamWriter<PromptPart> responseStream, ServerCallContext context)
    {
        RenderChatOptions? wanted = null;
        var json = new PartBuffer(options.MaxTextBytes);
        await foreach (var part in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (part.PartCase == RenderChatPart.PartOneofCase.Options)
                wanted = part.Options;
            else
                json.Append(part.Json);
        }
        RequireOptions(wanted is not null);
        var prompt = ForTheClient(() => renderer.Render(json.Joined, wanted!, context.CancellationToken));
        await WriteAsync(responseStream, prompt, context.CancellationToken);
    }

    public override async Task Encode(
        IAsyncStreamReader<EncodePart> requestStream, IServerStreamWriter<PromptPart> responseStream, ServerCallContext context)
    {
        EncodeOptions? wanted = null;
        var utf8 = new PartBuffer(options.MaxTextBytes);
        await foreach (var part in requestStream.ReadAllAsync(context.CancellationToken))
        {
            if (part.PartCase == EncodePart.PartOneofCase.Options)
                wanted = part.Options;
            else
                utf8.Append(part.Text);
        }
        RequireOptions(wanted is not null);
        var ids = ForTheClient(() => renderer.Tokenizer.Encode(
            StrictUtf8.GetString(utf8.Joined.Span), ToText(wanted!.SpecialTokens), context.CancellationToken));
        var plain = new RenderedPrompt(ids, ReasoningMode.Unspecified, OpensReasoning: false, Boundaries: [], ReturnBoundary: 0);
        await WriteAsync(responseStream, plain, context.CancellationToken);
    }

    public override async Task Decode(
        IAsyncStreamReader<DecodePart> requestStream, IServerStreamWriter<TextPart> responseStream, ServerCallContext context)
    {
        bool? skipSpecial = null;
        var decoder = new Utf8StreamDecoder();
        await foreach (var part in requestStream.ReadAllAsync(context.CancellationToken))
        {
            skipSpecial ??= part.SkipSpecial;
            await WriteAsync(responseStream, Text(part.Ids, decoder, skipSpecial.Value), context.CancellationToken);
        }
        await WriteAsync(responseStream, decoder.Flush(), context.CancellationToken);
    }

    public override Task<TokenizerDescription> Describe(DescribeTokenizerRequest request, ServerCallContext context) =>
        Task.FromResult(new TokenizerDescription
        {
            IdCount = renderer.Tokenizer.IdCount,
            ChatTemplate = ChatTemplates.NameOf(renderer.Template),
            DefaultReasoningMode = renderer.DefaultMode,
        });

    private string Text(IEnumerable<int> ids, Utf8StreamDecoder decoder, bool skipSpecial)
    {
        var text = new StringBuilder();
        var tokenizer = renderer.Tokenizer;
        foreach (var id in ids)
        {
            if (id < 0 || id >= tokenizer.IdCount)
            {
                throw new RpcException(new Status(
                    StatusCode.InvalidArgument, $"The token id {id} does not exist; ids are 0 to {tokenizer.IdCount - 1}."));
            }
            if (!skipSpecial || !tokenizer.IsSpecial(id))
                text.Append(decoder.Append(tokenizer.TokenBytes(id)));
        }
        return text.ToString();
    }

    private static void RequireOptions(bool given)
    {
        if (!given)
            throw new RpcException(new Status(StatusCode.InvalidArgument, "The first part of the call must carry the options."));
    }

    // What the client did wrong becomes INVALID_ARGUMENT with a message for it; everything else stays our own error.
    private static T ForTheClient<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception error) when (error is ChatRenderException or SpecialTokenRejectedException)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, error.Message));
        }
        catch (JsonException error)
        {
            throw new RpcException(new Status(StatusCode.InvalidArgument, $"The conversation is not valid JSON: {error.Message}"));
        }
        catch (DecoderFallbackException error)
        {
            throw new RpcException(new Status(
                StatusCode.InvalidArgument, $"The text is not valid UTF-8: byte {error.Index} begins no character. Send UTF-8."));
        }
    }

    private static Text.SpecialTokens ToText(Contracts.Tokenization.SpecialTokens wanted) => wanted switch
    {
        Contracts.Tokenization.SpecialTokens.Parse => Platform.Text.SpecialTokens.Parse,
        Contracts.Tokenization.SpecialTokens.Reject => Platform.Text.SpecialTokens.Reject,
        _ => Platform.Text.SpecialTokens.AsText,
    };

    private static async Task WriteAsync(IServerStreamWriter<PromptPart> stream, RenderedPrompt prompt, CancellationToken cancellationToken)
    {
        var info = new PromptInfo
        {
            TokenCount = prompt.Ids.Length,
            ReasoningMode = prompt.Mode,
            OpensReasoning = prompt.OpensReasoning,
            ReturnBoundary = prompt.ReturnBoundary,
        };
        info.Boundaries.AddRange(prompt.Boundaries);
        var offset = 0;
        do
        {
            var count = Math.Min(IdsPerPart, prompt.Ids.Length - offset);
            var part = new PromptPart { Info = offset == 0 ? info : null };
            part.Ids.AddRange(new ArraySegment<int>(prompt.Ids, offset, count));
            await stream.WriteAsync(part, cancellationToken);
            offset += count;
        }
        while (offset < prompt.Ids.Length);
    }

    private static async Task WriteAsync(IServerStreamWriter<TextPart> stream, string text, CancellationToken cancellationToken)
    {
        for (var offset = 0; offset < text.Length;)
        {
            var count = Math.Min(CharactersPerPart, text.Length - offset);
            // A surrogate pair stays in one part.
            if (offset + count < text.Length && char.IsHighSurrogate(text[offset + count - 1]))
                count--;
            await stream.WriteAsync(new TextPart { Text = text.Substring(offset, count) }, cancellationToken);
            offset += count;
        }
    }
}
