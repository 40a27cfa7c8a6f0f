using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Options;
using Platform.Contracts;
using Platform.Contracts.Tokenization;

namespace Platform.Grains;

/// <summary>Turns a prompt into token ids, by the tokenizer service.</summary>
internal sealed class PromptEncoder(Sidecar sidecar, IOptions<ResponseOptions> options)
{
    // Well below a message's limit, and large enough that a long conversation is a few messages.
    private const int PartBytes = 256 * 1024;

    /// <exception cref="RefusalException">The prompt breaks a rule, or no tokenizer answers.</exception>
    public async Task<EncodedPrompt> EncodeAsync(ResponseRequest request, ServedModel model, CancellationToken cancellationToken)
    {
        try
        {
            var encoded = request.Prompt switch
            {
                ChatResponsePrompt chat => await RenderAsync(chat, request.Reasoning.Mode, cancellationToken),
                TextResponsePrompt text => await EncodeTextAsync(text.Text, cancellationToken),
                TokenResponsePrompt tokens => new EncodedPrompt(tokens.Ids, ReasoningMode.Default, OpensReasoning: false, Boundaries: [], ReturnBoundary: 0),
                _ => throw new InvalidOperationException($"A prompt of the form {request.Prompt.GetType().Name} cannot be encoded."),
            };
            return Checked(encoded, model);
        }
        catch (RpcException error) when (error.StatusCode == StatusCode.InvalidArgument)
        {
            throw Refusals.Invalid(error.Status.Detail, request.Prompt is ChatResponsePrompt ? "messages" : "prompt");
        }
        catch (RpcException error) when (error.StatusCode != StatusCode.Cancelled)
        {
            throw Refusals.ServiceAway("tokenizer", TimeSpan.FromSeconds(options.Value.RetryAfterSeconds));
        }
    }

    private static EncodedPrompt Checked(EncodedPrompt prompt, ServedModel model)
    {
        if (prompt.Ids.Length == 0)
            throw Refusals.EmptyPrompt();
        foreach (var id in prompt.Ids)
        {
            if (id < 0 || id >= model.IdCount)
                throw Refusals.IdOutOfRange(id, model.IdCount);
        }
        if (prompt.Ids.Length >= model.MaxContext)
            throw Refusals.ContextExceeded(prompt.Ids.Length, model.MaxContext);
        return prompt;
    }

    private async Task<EncodedPrompt> RenderAsync(ChatResponsePrompt chat, ReasoningMode mode, CancellationToken cancellationToken)
    {
        using var call = Tokenizer.RenderChat(cancellationToken: cancellationToken);
        var reply = ReadPromptAsync(call.ResponseStream, cancellationToken);
        await WriteAsync(call.RequestStream, new RenderChatPart { Options = RenderOptions(chat, mode) }, reply);
        foreach (var (offset, count) in Parts(chat.Json.Length))
        {
            var part = new RenderChatPart { Json = UnsafeByteOperations.UnsafeWrap(chat.Json.AsMemory(offset, count)) };
            await WriteAsync(call.RequestStream, part, reply);
        }
        await CompleteAsync(call.RequestStream, reply);
        return await reply;
    }

    private async Task<EncodedPrompt> EncodeTextAsync(string text, CancellationToken cancellationToken)
    {
        var utf8 = System.Text.Encoding.UTF8.GetBytes(text);
        using var call = Tokenizer.Encode(cancellationToken: cancellationToken);
        var reply = ReadPromptAsync(call.ResponseStream, cancellationToken);
        await WriteAsync(call.RequestStream, new EncodePart { Options = new EncodeOptions() }, reply);
        foreach (var (offset, count) in Parts(utf8.Length))
        {
            var part = new EncodePart { Text = UnsafeByteOperations.UnsafeWrap(utf8.AsMemory(offset, count)) };
            await WriteAsync(call.RequestStream, part, reply);
        }
        await CompleteAsync(call.RequestStream, reply);
        return await reply;
    }

    private static async Task<EncodedPrompt> ReadPromptAsync(IAsyncStreamReader<PromptPart> parts, CancellationToken cancellationToken)
    {
        PromptInfo? info = null;
        int[] ids = [];
        var count = 0;
        while (await parts.MoveNext(cancellationToken))
        {
            var part = parts.Current;
            if (info is null)
            {
                info = part.Info ?? throw new RpcException(new Status(StatusCode.Internal, "The first reply of the tokenizer had no info."));
                ids = new int[info.TokenCount];
            }
            if (count + part.Ids.Count > ids.Length)
                throw new RpcException(new Status(StatusCode.Internal, "The tokenizer sent more ids than it announced."));
            part.Ids.CopyTo(ids, count);
            count += part.Ids.Count;
        }
        if (info is null || count != ids.Length)
            throw new RpcException(new Status(StatusCode.Internal, "The tokenizer sent fewer ids than it announced."));
        return new EncodedPrompt(ids, WireForms.Mode(info.ReasoningMode), info.OpensReasoning, [.. info.Boundaries], info.ReturnBoundary);
    }

    // A service that refuses early closes its side; the reason is in the reply, not in the failed write.
    private static async Task WriteAsync<T>(IClientStreamWriter<T> stream, T part, Task<EncodedPrompt> reply)
    {
        if (reply.IsCompleted)
            return;
        try
        {
            await stream.WriteAsync(part);
        }
        catch (Exception error) when (error is RpcException or InvalidOperationException)
        {
            await reply;
        }
    }

    private static async Task CompleteAsync<T>(IClientStreamWriter<T> stream, Task<EncodedPrompt> reply)
    {
        if (!reply.IsCompleted)
            await stream.CompleteAsync();
    }

    private static IEnumerable<(int Offset, int Count)> Parts(int length)
    {
        for (var offset = 0; offset < length; offset += PartBytes)
            yield return (offset, Math.Min(PartBytes, length - offset));
    }

    private static RenderChatOptions RenderOptions(ChatResponsePrompt chat, ReasoningMode mode)
    {
        var wire = new RenderChatOptions
        {
            AddGenerationPrompt = !chat.ContinueFinalMessage,
            ContinueFinalMessage = chat.ContinueFinalMessage,
            ReasoningMode = WireForms.Mode(mode),
            AddVisionId = chat.AddVisionId,
            ReasoningEffort = chat.ReasoningEffort,
        };
        if (chat.PreserveThinking is { } preserve)
            wire.PreserveThinking = preserve;
        wire.Media.AddRange(chat.Media.Select(WireForms.Grid));
        return wire;
    }


    private Tokenization.TokenizationClient Tokenizer => new(sidecar.For(AppIds.Tokenizer));
}
