using System.Net;
using System.Net.Sockets;

namespace Platform.Cli.Up;

/// <summary>What can be known to be wrong before anything is loaded, said in the words of the person's own options.</summary>
internal static class UpChecks
{
    /// <summary>Makes the data folder and checks the model's folder and the port.</summary>
    /// <exception cref="IOException">The data folder cannot be written, or the port is taken.</exception>
    /// <exception cref="ArgumentException">The model is no checkpoint folder.</exception>
    public static void Prepare(UpSettings settings)
    {
        MakeWritable(settings.Data);
        if (settings.Model is { } model)
            CheckModel(model);
        if (settings.Port != 0)
            CheckPort(settings.Port);
    }

    private static void MakeWritable(string folder)
    {
        try
        {
            Directory.CreateDirectory(folder);
            using var probe = new FileStream(Path.Combine(folder, $".{Guid.NewGuid():N}"), new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
                Options = FileOptions.DeleteOnClose,
            });
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"The data folder '{folder}' cannot be written ({failure.Message}). Name a folder of your own with --data.", failure);
        }
    }

    private static void CheckModel(string folder)
    {
        if (!Directory.Exists(folder))
        {
            var found = File.Exists(folder) ? "is a file" : "does not exist";
            throw new ArgumentException($"The model '{folder}' {found}, but --model takes a checkpoint's folder: config.json, weights and tokenizer files.");
        }

        if (!File.Exists(Path.Combine(folder, "config.json")))
            throw new ArgumentException($"The model's folder '{folder}' has no config.json. Give --model the folder of a checkpoint in Hugging Face layout.");
    }

    private static void CheckPort(int port)
    {
        using var socket = new TcpListener(IPAddress.Loopback, port);
        try
        {
            socket.Start();
        }
        catch (SocketException failure)
        {
            throw new IOException($"Port {port} cannot be taken ({failure.Message}). Choose another with --port, or --port 0 for any free one.", failure);
        }
    }
}
