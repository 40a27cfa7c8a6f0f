using System.CommandLine;
using Platform.Cli.Commands;

var root = new RootCommand("Serves and trains the Qwen3.5 model family.")
{
    UpCommand.Create(),
    ChatCommand.Create(),
    VerifyCommand.Create(),
    InitCheckpointCommand.Create(),
    BenchCommand.Create(),
};
return await root.Parse(args).InvokeAsync();
