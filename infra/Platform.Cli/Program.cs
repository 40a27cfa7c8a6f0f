using System.CommandLine;

var root = new RootCommand("Serves and trains the Qwen3.5 model family.");
return await root.Parse(args).InvokeAsync();
