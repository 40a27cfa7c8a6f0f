using System.Buffers;
using System.Text.Json;
using Platform.Gateway.Json;
using Platform.Gateway.Models;
using Platform.Gateway.Sse;
using Platform.Grains;
using Platform.Text.Output;

namespace Platform.Gateway.Chat;

/// <summary>Writes a chat response as <c>chat.completion.chunk</c> events; choices interleave as their tokens come.</summary>
internal sealed class ChatStream
{
    private readonly SseWriter _output;
    private readonly ChatAnswer _answer;

    // What is the same in every chunk, made once: before and after the choice.
    private readonly byte[] _head;
    private readonly byte[] _tail;

    public ChatStream(SseWriter output, ChatAnswer answer)
    {
        _output = output;
        _answer = answer;
        _head = Head(answer);
        _tail = answer.Request.Generation.IncludeUsage ? [.. "],\"usage\":null}"u8] : [.. "]}"u8];
    }

    /// <summary>Tells each choice's role, before any token is there.</summary>
    public void Begin()
    {
        foreach (var choice in _answer.Choices)
            Write(new Piece(choice, null, IsFirst: true));
    }

    /// <exception cref="Errors.ApiException">The response failed.</exception>
    public void Write(ResponseEvent next)
    {
        var choice = _answer.Take(next);
        foreach (var delta in choice.Deltas)
            Write(new Piece(choice, delta));
        if (next is FinishedEvent)
            Write(new Piece(choice, null, IsLast: true));
        choice.TellDeltas();
    }

    /// <summary>The usage, if asked for, and the end.</summary>
    public void End()
    {
        if (_answer.Request.Generation.IncludeUsage)
            _output.Data([.. _head, .. "],\"usage\":"u8], "}"u8, _answer.Usage, static (writer, usage) => usage.Write(writer));
        _output.Done();
    }

    private void Write(Piece piece)
    {
        _output.Data(_head, _tail, piece, static (writer, piece) => WriteChoice(writer, piece));
        piece.Choice.TellTokens();
    }

    private static byte[] Head(ChatAnswer answer)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var writer = JsonOutput.Writer(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("id", answer.Id);
            writer.WriteString("object", "chat.completion.chunk");
            writer.WriteNumber("created", answer.Created);
            writer.WriteString("model", answer.Request.Model.Name);
            writer.WriteString("system_fingerprint", answer.NumericsId);
            writer.WriteNumber("seed", answer.Seed);
            writer.WritePropertyName("choices");
            writer.Flush();
        }

        return [.. buffer.WrittenSpan, (byte)'['];
    }

    private static void WriteChoice(Utf8JsonWriter writer, Piece piece)
    {
        var choice = piece.Choice;
        writer.WriteStartObject();
        writer.WriteNumber("index", choice.Index);
        writer.WriteStartObject("delta");
        if (piece.IsFirst)
        {
            writer.WriteString("role", "assistant");
            writer.WriteString("content", "");
        }
        else if (piece.Delta is { } delta)
        {
            WriteDelta(writer, delta);
        }

        writer.WriteEndObject();

        // A batch's log probabilities go with its first piece; tokens whose text is still held wait for the next.
        writer.WritePropertyName("logprobs");
        if (choice.TokensToTell.Count > 0)
            ChatLogprobs.Write(writer, choice.TokensToTell);
        else
            writer.WriteNullValue();
        writer.WriteString("finish_reason", piece.IsLast ? choice.FinishReason : null);
        if (ReasoningModeNames.Of(choice.Mode) is { } mode)
            writer.WriteString("reasoning_mode", mode);
        writer.WriteEndObject();
    }

    private static void WriteDelta(Utf8JsonWriter writer, OutputDelta delta)
    {
        switch (delta)
        {
            case ReasoningDelta reasoning:
                writer.WriteString("reasoning_content", reasoning.Text);
                break;
            case ContentDelta content:
                writer.WriteString("content", content.Text);
                break;
            case ToolCallStart start:
                BeginCall(writer, start.Index);
                writer.WriteString("id", start.Id);
                writer.WriteString("type", "function");
                writer.WriteStartObject("function");
                writer.WriteString("name", start.Name);
                writer.WriteString("arguments", "");
                EndCall(writer);
                break;
            case ToolCallArguments arguments:
                BeginCall(writer, arguments.Index);
                writer.WriteStartObject("function");
                writer.WriteString("arguments", arguments.Json);
                EndCall(writer);
                break;
        }
    }

    private static void BeginCall(Utf8JsonWriter writer, int index)
    {
        writer.WriteStartArray("tool_calls");
        writer.WriteStartObject();
        writer.WriteNumber("index", index);
    }

    private static void EndCall(Utf8JsonWriter writer)
    {
        writer.WriteEndObject();
        writer.WriteEndObject();
        writer.WriteEndArray();
    }

    private readonly record struct Piece(ChatChoice Choice, OutputDelta? Delta, bool IsFirst = false, bool IsLast = false);
}
