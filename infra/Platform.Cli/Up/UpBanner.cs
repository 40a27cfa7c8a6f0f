using System.Text.Json;
using Platform.Grains;
using Spectre.Console;

namespace Platform.Cli.Up;

/// <summary>What a person sees once the platform answers: the addresses, the key, and a line to try.</summary>
internal static class UpBanner
{
    public static void Write(ServedModel model, Uri address, bool random, UpSettings settings, string? freshKey, string kernels)
    {
        var grid = new Grid().AddColumn(new GridColumn().PadRight(3)).AddColumn();
        Row(grid, "model", $"[bold]{Markup.Escape(model.Name)}[/]{(random ? " [yellow](random weights: everything works, the answers are noise)[/]" : "")}");
        Row(grid, "", $"[grey]{model.MaxContext:N0} tokens of context · {(model.Vision ? "text, pictures, video" : "text")} · {settings.Threads} threads · {Markup.Escape(model.NumericsId)}[/]");
        Row(grid, "", $"[grey]{Markup.Escape(kernels)}[/]");
        Row(grid, "API", Link(address, "v1"));
        Row(grid, "API docs", Link(address, "docs"));
        Row(grid, "metrics", Link(address, "metrics"));
        Row(grid, "dashboard", $"{Link(address, "dashboard")} [grey](will be here; not built yet)[/]");
        Row(grid, "key", KeyLine(settings, freshKey));
        AnsiConsole.WriteLine();
        AnsiConsole.Write(new Panel(grid) { Border = BoxBorder.Rounded, Header = new PanelHeader(" the platform is up ") });
        AnsiConsole.WriteLine();
        // Plain, unwrapped output, so that it can be copied whole.
        Console.WriteLine(Curl(model.Name, address, settings, freshKey));
        AnsiConsole.WriteLine();
        Say.Note($"./platform chat{(settings.Port == 8000 ? "" : $" --url {address}")} talks to it from another terminal. Ctrl-C stops it.");
    }

    private static string KeyLine(UpSettings settings, string? freshKey) => (settings.Open, freshKey) switch
    {
        (true, _) => "[green]none needed[/] [grey](--open, loopback only)[/]",
        (_, null) => "[grey]one made earlier; only its hash is kept. --new-key makes another[/]",
        (_, { } key) => $"[bold green]{key}[/] [grey](shown this once; only its hash is kept)[/]",
    };

    /// <summary>The line to copy into a shell: whatever the model is called, its JSON and its quoting hold.</summary>
    internal static string Curl(string model, Uri address, UpSettings settings, string? freshKey)
    {
        var authorization = settings.Open ? "" : $" -H \"Authorization: Bearer {freshKey ?? "$PLATFORM_API_KEY"}\"";
        var name = JsonSerializer.Serialize(model).Replace("'", "\\u0027", StringComparison.Ordinal);
        return $"curl -N {address}v1/chat/completions{authorization} -H 'Content-Type: application/json' " +
            $"-d '{{\"model\":{name},\"stream\":true,\"max_tokens\":64,\"messages\":[{{\"role\":\"user\",\"content\":\"Hello!\"}}]}}'";
    }

    private static string Link(Uri address, string path) => $"[link]{Markup.Escape(new Uri(address, path).ToString())}[/]";

    private static void Row(Grid grid, string name, string markup) => grid.AddRow(new Markup($"[grey]{name}[/]"), new Markup(markup));
}
