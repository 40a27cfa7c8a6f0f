using System.CommandLine;
using System.CommandLine.Parsing;
using Platform.Cli.Chat;

namespace Platform.Cli.Commands;

/// <summary><c>platform chat</c>: talk to a running server from the terminal.</summary>
internal static class ChatCommand
{
    public const string Name = "chat";

    public static Command Create()
    {
        var url = new Option<Uri>("--url")
        {
            Description = "The server's address (PLATFORM_URL).",
            CustomParser = result => Address(result, "--url", result.Tokens[0].Value),
            DefaultValueFactory = result => Environment.GetEnvironmentVariable("PLATFORM_URL") is { Length: > 0 } value
                ? Address(result, "PLATFORM_URL", value)
                : new Uri("http://127.0.0.1:8000"),
        };
        var key = new Option<string?>("--key")
        {
            Description = "The API key (PLATFORM_API_KEY); none is needed for a server that was started with --open.",
            DefaultValueFactory = _ => Environment.GetEnvironmentVariable("PLATFORM_API_KEY"),
        };
        var model = new Option<string?>("--model") { Description = "The model's name; the first one served if not given." };
        var mode = new Option<string?>("--mode") { Description = "thinking, fast or auto; the model's default if not given." };
        mode.AcceptOnlyFromAmong("thinking", "fast", "auto");
        var system = new Option<string?>("--system") { Description = "A system message." };

        var command = new Command(Name, "Talks to a running server: streamed answers, thinking shown dimmed, pictures by path.") { url, key, model, mode, system };
        command.SetAction((result, cancellationToken) => RunAsync(
            result.GetRequiredValue(url), result.GetValue(key), result.GetValue(model), result.GetValue(mode), result.GetValue(system), cancellationToken));
        return command;
    }

    private static Uri Address(ArgumentResult result, string source, string text)
    {
        if (Uri.TryCreate(text, UriKind.Absolute, out var address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps))
            return address;
        result.AddError($"{source} is '{text}'; it must be an address such as http://127.0.0.1:8000.");
        return new Uri("http://127.0.0.1:8000");
    }

    private static async Task<int> RunAsync(Uri url, string? key, string? model, string? mode, string? system, CancellationToken cancellationToken)
    {
        using var connection = new ChatConnection(url, key);
        try
        {
            model ??= await connection.FirstModelAsync(cancellationToken);
            var conversation = new Conversation(model, system) { ReasoningMode = mode };
            await new TerminalChat(connection, conversation, model, url).RunAsync(cancellationToken);
            return 0;
        }
        catch (ChatProblemException problem)
        {
            Say.Problem(problem.Message);
            return 1;
        }
    }
}
