using System.Net;
using System.Net.Sockets;
using Platform.Cli.Up;

namespace Platform.Cli.Tests;

public sealed class UpChecksTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory();

    private UpSettings Settings => new(null, null, 0, _folder.FullName, false, 1, "f32", "auto", "as-stored", 1, 0, null, false, false);

    [Fact]
    public void A_port_that_is_taken_is_told_with_the_way_out()
    {
        using var holder = new TcpListener(IPAddress.Loopback, 0);
        holder.Start();
        var port = ((IPEndPoint)holder.LocalEndpoint).Port;
        var refusal = Assert.Throws<IOException>(() => UpChecks.Prepare(Settings with { Port = port }));
        Assert.Contains($"Port {port} cannot be taken", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--port 0", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_data_folder_that_is_a_file_is_refused_by_name()
    {
        var file = Path.Combine(_folder.FullName, "file");
        File.WriteAllText(file, "");
        var refusal = Assert.Throws<IOException>(() => UpChecks.Prepare(Settings with { Data = file }));
        Assert.Contains($"The data folder '{file}' cannot be written", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_that_is_no_checkpoint_folder_is_refused_with_what_it_is()
    {
        var absent = Path.Combine(_folder.FullName, "absent");
        Assert.Contains("does not exist", Refusal(absent), StringComparison.Ordinal);
        File.WriteAllText(absent, "");
        Assert.Contains("is a file", Refusal(absent), StringComparison.Ordinal);
        Assert.Contains("has no config.json", Refusal(_folder.FullName), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_left_in_the_data_folder()
    {
        UpChecks.Prepare(Settings);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public void The_curl_line_holds_for_a_name_with_quotes()
    {
        var line = UpBanner.Curl("it's \"x\"", new Uri("http://127.0.0.1:1/"), Settings, null);
        Assert.Contains("-H \"Authorization: Bearer $PLATFORM_API_KEY\"", line, StringComparison.Ordinal);
        Assert.Equal(4, line.Count(character => character == '\''));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Refusal(string model) => Assert.Throws<ArgumentException>(() => UpChecks.Prepare(Settings with { Model = model })).Message;
}
