using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Platform.Cli.Chat;

/// <summary>The chat a person types into. Ctrl-C ends the answer that is being written; at the prompt it ends the program.</summary>
internal sealed class TerminalChat(ChatConnection connection, Conversation conversation, string model, Uri server)
{
    private CancellationTokenSource? _answer;
    private CancellationTokenSource? _chat;

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        using var chat = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _chat = chat;
        Console.CancelKeyPress += Interrupt;
        try
        {
            Greet();
            while (await ReadLineAsync(chat.Token) is { } line)
            {
                if (line.Length == 0)
                    continue;
                if (line[0] == '/')
                {
                    if (!Obey(line))
                        return;
                    continue;
                }

                await AnswerAsync(line, chat.Token);
            }
        }
        finally
        {
            Console.CancelKeyPress -= Interrupt;
        }
    }

    private void Greet()
    {
        AnsiConsole.Write(new Rule($"[bold]{Markup.Escape(model)}[/] [grey]at {Markup.Escape(server.ToString())}[/]").LeftJustified());
        AnsiConsole.MarkupLine("[grey]/picture PATH attaches a picture, /mode thinking|fast|auto, /new begins again, /exit leaves; Ctrl-C stops an answer.[/]");
    }

    // A terminal's read cannot be taken back, so Ctrl-C leaves it waiting on its own thread: null, as at the end of the input.
    private static async Task<string?> ReadLineAsync(CancellationToken cancellationToken)
    {
        AnsiConsole.Markup("\n[bold aqua]you[/] ");
        try
        {
            return (await Task.Run(Console.In.ReadLine, CancellationToken.None).WaitAsync(cancellationToken))?.Trim();
        }
        catch (OperationCanceledException)
        {
            AnsiConsole.WriteLine();
            return null;
        }
    }

    private bool Obey(string line)
    {
        var (command, argument) = line.IndexOf(' ', StringComparison.Ordinal) is var space and > 0
            ? (line[..space], line[(space + 1)..].Trim())
            : (line, "");
        switch (command)
        {
            case "/exit" or "/quit":
                return false;
            case "/new":
                conversation.Clear();
                Say.Note("A new conversation.");
                break;
            case "/mode" when argument is "thinking" or "fast" or "auto":
                conversation.ReasoningMode = argument;
                Say.Note($"Reasoning mode: {argument}.");
                break;
            case "/picture" when argument.Length > 0:
                Attach(argument.Trim('"', '\''));
                break;
            default:
                AnsiConsole.MarkupLine("[yellow]/picture PATH, /mode thinking|fast|auto, /new, /exit[/]");
                break;
        }

        return true;
    }

    private void Attach(string path)
    {
        try
        {
            conversation.Attach(path);
            Say.Note($"{path} goes with the next message.");
        }
        catch (ChatProblemException problem)
        {
            Say.Problem(problem.Message);
        }
    }

    private async Task AnswerAsync(string question, CancellationToken cancellationToken)
    {
        using var answer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _answer = answer;
        var view = new AnswerView();
        try
        {
            await WriteAsync(conversation.Ask(question), view, answer.Token);
            conversation.Keep(view.Reasoning, view.Content);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            conversation.Keep(view.Reasoning, view.Content);
            view.Close("stopped");
        }
        catch (Exception problem) when (problem is ChatProblemException or HttpRequestException or IOException)
        {
            conversation.TakeBack();
            AnsiConsole.WriteLine();
            Say.Problem(problem.Message);
        }
        finally
        {
            _answer = null;
        }
    }

    private async Task WriteAsync(JsonObject request, AnswerView view, CancellationToken cancellationToken)
    {
        await foreach (var piece in connection.AskAsync(request, cancellationToken))
            view.Show(piece);
        view.Close(null);
    }

    private void Interrupt(object? sender, ConsoleCancelEventArgs pressed)
    {
        pressed.Cancel = true;
        (_answer ?? _chat)?.Cancel();
    }

    /// <summary>Writes an answer as it comes: reasoning dimmed, then the content, then one line of facts.</summary>
    private sealed class AnswerView
    {
        private readonly StringBuilder _reasoning = new();
        private readonly StringBuilder _content = new();
        private readonly Stopwatch _clock = Stopwatch.StartNew();
        private TimeSpan? _firstPiece;
        private string? _finish;
        private int? _tokens;

        public string Reasoning => _reasoning.ToString();

        public string Content => _content.ToString();

        public void Show(ChatPiece piece)
        {
            if (piece.Reasoning is { } reasoning)
            {
                Begin(_reasoning);
                _reasoning.Append(reasoning);
                AnsiConsole.Write(new Spectre.Console.Text(reasoning, new Style(decoration: Decoration.Dim | Decoration.Italic)));
            }

            if (piece.Content is { } content)
            {
                Begin(_content);
                _content.Append(content);
                AnsiConsole.Write(new Spectre.Console.Text(content));
            }

            _finish = piece.FinishReason ?? _finish;
            _tokens = piece.OutputTokens ?? _tokens;
        }

        public void Close(string? stopped)
        {
            var facts = new List<string>();
            if (stopped is not null)
                facts.Add(stopped);
            else if (_finish is not null and not "stop")
                facts.Add(_finish);
            if (_firstPiece is { } first)
                facts.Add($"first token {first.TotalSeconds.ToString("0.00", CultureInfo.InvariantCulture)} s");
            if (_tokens is > 1 && _firstPiece is { } began && (_clock.Elapsed - began).TotalSeconds is > 0 and var seconds)
                facts.Add($"{_tokens} tokens, {((_tokens.Value - 1) / seconds).ToString("0.0", CultureInfo.InvariantCulture)} a second");
            AnsiConsole.WriteLine();
            Say.Note(string.Join(" · ", facts));
        }

        private void Begin(StringBuilder part)
        {
            _firstPiece ??= _clock.Elapsed;
            if (part.Length > 0)
                return;
            if (ReferenceEquals(part, _content) && _reasoning.Length > 0)
                AnsiConsole.WriteLine();
            AnsiConsole.Markup(ReferenceEquals(part, _content) ? "\n[bold green]model[/] " : "[grey]thinking[/] ");
        }
    }
}
