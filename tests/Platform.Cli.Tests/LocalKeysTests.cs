using System.Text.RegularExpressions;
using Platform.Cli.Up;

namespace Platform.Cli.Tests;

public sealed class LocalKeysTests : IDisposable
{
    private readonly DirectoryInfo _data = Directory.CreateTempSubdirectory("keys");

    public void Dispose() => _data.Delete(recursive: true);

    [Fact]
    public void A_key_is_kept_as_its_hash_alone()
    {
        var keys = new LocalKeys(_data.FullName);
        var key = keys.Mint("laptop");
        Assert.Matches(new Regex("^sk-[A-Za-z0-9_-]{43}$"), key);
        Assert.DoesNotContain(key, File.ReadAllText(Path.Combine(_data.FullName, "keys.json")), StringComparison.Ordinal);
        Assert.Equal(LocalKeys.Hash(key), Assert.Single(keys.Load()).Sha256);
    }

    [Fact]
    public void A_second_key_joins_the_first()
    {
        var keys = new LocalKeys(_data.FullName);
        Assert.NotEqual(keys.Mint("one"), keys.Mint("two"));
        Assert.Equal(["one", "two"], new LocalKeys(_data.FullName).Load().Select(key => key.Name));
    }

    [Fact]
    public void Only_the_owner_may_read_the_file()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("This test wants Unix file modes.");
            return;
        }

        new LocalKeys(_data.FullName).Mint("laptop");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path.Combine(_data.FullName, "keys.json")));
    }

    [Fact]
    public void A_damaged_file_is_refused_by_name_and_not_overwritten()
    {
        var path = Path.Combine(_data.FullName, "keys.json");
        File.WriteAllText(path, "[{\"name\":");
        var refused = Assert.Throws<InvalidDataException>(() => new LocalKeys(_data.FullName).Mint("laptop"));
        Assert.Contains("keys.json", refused.Message, StringComparison.Ordinal);
        Assert.Equal("[{\"name\":", File.ReadAllText(path));
    }
}
