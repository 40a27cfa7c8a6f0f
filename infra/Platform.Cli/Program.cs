using System.CommandLine;
using System.CommandLine.Invocation;
using Platform.Cli.Commands;

var root = new RootCommand("Serves and trains the Qwen3.5 model family.")
{
    UpCommand.Create(),
    ChatCommand.Create(),
    VerifyCommand.Create(),
    InitCheckpointCommand.Create(),
    BenchCommand.Create(),
};
var parsed = root.Parse(args);
// The mistake alone, where the whole help would push it off the screen.
if (parsed.Action is ParseErrorAction mistake && args.Length > 0)
    mistake.ShowHelp = false;
// The chat tells the Ctrl-C that stops an answer from the one that leaves; the command line would take both as the end.
var signals = parsed.CommandResult.Command.Name == ChatCommand.Name ? null : new InvocationConfiguration().ProcessTerminationTimeout;
return await parsed.InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = signals });
