using System.Net;
using System.Net.Sockets;
using System.Text;
using Platform.Cli.Chat;

namespace Platform.Cli.Tests;

public sealed class TerminalChatTests
{
    [Fact]
    public async Task Cancelling_at_the_prompt_ends_the_chat_though_nothing_was_typed()
    {
        var terminal = Console.In;
        using var silent = new SilentReader();
        Console.SetIn(silent);
        try
        {
            using var connection = new ChatConnection(new Uri("http://127.0.0.1:1"), null);
            using var stop = new CancellationTokenSource();
            var chat = new TerminalChat(connection, new Conversation("model", null), "model", new Uri("http://127.0.0.1:1")).RunAsync(stop.Token);
            await silent.Asked;
            Assert.False(chat.IsCompleted);
            await stop.CancelAsync();
            await chat.WaitAsync(TimeSpan.FromMinutes(1), TestContext.Current.CancellationToken);
        }
        finally
        {
            silent.Release();
            Console.SetIn(terminal);
        }
    }

    [Fact]
    public async Task A_refused_key_is_told_with_the_option_that_takes_one()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var server = RefuseAsync(listener, TestContext.Current.CancellationToken);
        using var connection = new ChatConnection(new Uri($"http://{listener.LocalEndpoint}"), null);
        var problem = await Assert.ThrowsAsync<ChatProblemException>(() => connection.FirstModelAsync(TestContext.Current.CancellationToken));
        await server;
        Assert.Contains("401: No key.", problem.Message, StringComparison.Ordinal);
        Assert.Contains("--key", problem.Message, StringComparison.Ordinal);
    }

    private static async Task RefuseAsync(TcpListener listener, CancellationToken cancellationToken)
    {
        using var client = await listener.AcceptTcpClientAsync(cancellationToken);
        var stream = client.GetStream();
        await stream.ReadAtLeastAsync(new byte[4096], 1, cancellationToken: cancellationToken);
        const string body = """{"error":{"message":"No key."}}""";
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes($"HTTP/1.1 401 Unauthorized\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n{body}"), cancellationToken);
    }

    /// <summary>A terminal at which nobody types until it is released.</summary>
    private sealed class SilentReader : TextReader
    {
        private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly ManualResetEventSlim _released = new();

        public Task Asked => _asked.Task;

        public void Release() => _released.Set();

        public override string? ReadLine()
        {
            _asked.TrySetResult();
            _released.Wait();
            return null;
        }
    }
}
