using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace Platform.Cli.Up;

/// <summary>The API keys of a one-machine platform: <c>keys.json</c> in the data folder, readable by its owner alone.</summary>
internal sealed class LocalKeys(string dataFolder)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, PropertyNamingPolicy = JsonNamingPolicy.CamelCase };

    private readonly string _path = Path.Combine(dataFolder, "keys.json");

    /// <summary>The keys kept so far. Throws <see cref="InvalidDataException"/> when the file is no list of keys.</summary>
    public IReadOnlyList<StoredKey> Load()
    {
        if (!File.Exists(_path))
            return [];
        try
        {
            return JsonSerializer.Deserialize<List<StoredKey>>(File.ReadAllText(_path), Json) ?? [];
        }
        catch (JsonException broken)
        {
            throw new InvalidDataException($"'{_path}' is no list of keys ({broken.Message}). Repair it, or delete it to get a new key.", broken);
        }
    }

    /// <summary>Makes a key, keeps its hash, and returns the key: the only time that it is seen.</summary>
    public string Mint(string name)
    {
        var key = "sk-" + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var keys = new List<StoredKey>(Load()) { new(name, Hash(key), DateTimeOffset.UtcNow) };
        var fresh = _path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using (var file = new FileStream(fresh, options))
            JsonSerializer.Serialize(file, keys, Json);
        File.Move(fresh, _path, overwrite: true);
        return key;
    }

    public static string Hash(string key) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)));
}
