using Platform.Gateway.Sse;
using Platform.Grains;

namespace Platform.Gateway.Completions;

/// <summary>Writes plain completions as events; choices interleave as their tokens come.</summary>
internal sealed class CompletionStream(SseWriter output, CompletionAnswer answer)
{
    /// <exception cref="Errors.ApiException">The response failed.</exception>
    public void Write((int Response, ResponseEvent Event) next)
    {
        var choice = answer.Take(next.Response, next.Event);
        if (!choice.HasText && next.Event is not FinishedEvent)
            return;
        output.Data([], [], (answer, choice), static (writer, state) => CompletionWriter.WritePiece(writer, state.answer, state.choice));
        choice.Tell();
    }

    /// <summary>The usage, if asked for, and the end.</summary>
    public void End()
    {
        if (answer.Request.Generation.IncludeUsage)
            output.Data([], [], answer, static (writer, answer) => CompletionWriter.WriteUsage(writer, answer));
        output.Done();
    }
}
