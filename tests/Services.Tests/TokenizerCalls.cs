using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Platform.Contracts.Tokenization;

namespace Services.Tests;

/// <summary>Whole calls of the tokenizer service.</summary>
internal static class TokenizerCalls
{
    private static CancellationToken Patience => TestContext.Current.CancellationToken;

    public static async Task<(PromptInfo Info, int[] Ids)> RenderAsync(
        this Tokenization.TokenizationClient client, byte[] json, RenderChatOptions? options, int partBytes = 64 * 1024)
    {
        using var call = client.RenderChat(cancellationToken: Patience);
        if (options is not null)
            await call.RequestStream.WriteAsync(new RenderChatPart { Options = options }, Patience);
        foreach (var part in json.Chunk(partBytes))
            await call.RequestStream.WriteAsync(new RenderChatPart { Json = ByteString.CopyFrom(part) }, Patience);
        await call.RequestStream.CompleteAsync();
        return await ReadAsync(call.ResponseStream);
    }

    public static async Task<(PromptInfo Info, int[] Ids)> EncodeAsync(
        this Tokenization.TokenizationClient client, byte[] utf8, SpecialTokens special = SpecialTokens.AsText, int partBytes = 256 * 1024)
    {
        using var call = client.Encode(cancellationToken: Patience);
        await call.RequestStream.WriteAsync(new EncodePart { Options = new EncodeOptions { SpecialTokens = special } }, Patience);
        foreach (var part in utf8.Chunk(partBytes))
            await call.RequestStream.WriteAsync(new EncodePart { Text = ByteString.CopyFrom(part) }, Patience);
        await call.RequestStream.CompleteAsync();
        return await ReadAsync(call.ResponseStream);
    }

    public static async Task<string> DecodeAsync(
        this Tokenization.TokenizationClient client, IEnumerable<int> ids, bool skipSpecial = false, int partIds = 1000)
    {
        using var call = client.Decode(cancellationToken: Patience);
        // The text comes while ids are still sent: whoever only reads afterwards waits for a server that waits for its reader.
        var reading = TextAsync(call.ResponseStream);
        foreach (var part in ids.Chunk(partIds))
            await call.RequestStream.WriteAsync(new DecodePart { Ids = { part }, SkipSpecial = skipSpecial }, Patience);
        await call.RequestStream.CompleteAsync();
        return await reading;
    }

    private static async Task<string> TextAsync(IAsyncStreamReader<TextPart> parts)
    {
        var text = new StringBuilder();
        await foreach (var part in parts.ReadAllAsync(Patience))
            text.Append(part.Text);
        return text.ToString();
    }

    private static async Task<(PromptInfo Info, int[] Ids)> ReadAsync(IAsyncStreamReader<PromptPart> parts)
    {
        PromptInfo? info = null;
        List<int> ids = [];
        await foreach (var part in parts.ReadAllAsync(Patience))
        {
            info ??= part.Info;
            ids.AddRange(part.Ids);
        }
        Assert.NotNull(info);
        Assert.Equal(info.TokenCount, ids.Count);
        return (info, [.. ids]);
    }
}
