using Microsoft.Extensions.Logging;

namespace Platform.Cli.Up;

/// <summary>What a person at the terminal wants to read of the log: one line each, and nothing that the banner says already.</summary>
internal static class UpLog
{
    public static void Configure(ILoggingBuilder logging)
    {
        logging.AddSimpleConsole(console =>
        {
            console.SingleLine = true;
            console.TimestampFormat = "HH:mm:ss ";
        });
        logging.SetMinimumLevel(LogLevel.Warning);
        // The runtime of the grains reports every turn that a busy machine made long.
        logging.AddFilter("Orleans", LogLevel.Error);
        // A start that failed is told in one line by the command itself.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);
        logging.AddFilter("Platform.Gateway.Keys.OpenServerCheck", LogLevel.Error);
    }
}
