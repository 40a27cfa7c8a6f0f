using System.Globalization;
using System.Text.Json;

namespace Platform.Model;

/// <summary>One object of a JSON config: typed look-ups whose errors name the key's full path. A null value counts as absent.</summary>
internal readonly struct ConfigSection
{
    private readonly string _file;
    private readonly string _path;
    private readonly JsonElement _object;

    private ConfigSection(string file, string path, JsonElement element)
    {
        _file = file;
        _path = path;
        _object = element;
    }

    public static ConfigSection Root(string file, JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new CheckpointException(Problem(file, Describe(root), "a JSON object", "Fetch the file again."));
        return new ConfigSection(file, "", root);
    }

    public ConfigSection? Section(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Object)
            throw Wrong(key, Describe(value), "an object");
        return new ConfigSection(_file, Name(key), value);
    }

    public ConfigSection RequiredSection(string key) => Section(key) ?? throw Absent(key, "an object");

    public bool Has(string key) => Find(key) is not null;

    public int Int(string key) => OptionalInt(key) ?? throw Absent(key, "an integer");

    public int Int(string key, int fallback) => OptionalInt(key) ?? fallback;

    public int? OptionalInt(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return AsInt(value) ?? throw Wrong(key, Describe(value), "an integer");
    }

    public double Number(string key, double fallback) => OptionalNumber(key) ?? fallback;

    public double? OptionalNumber(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number))
            return number;
        throw Wrong(key, Describe(value), "a finite number");
    }

    public bool Bool(string key, bool fallback) => OptionalBool(key) ?? fallback;

    public bool? OptionalBool(string key) => Find(key) switch
    {
        null => null,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { } other => throw Wrong(key, Describe(other), "true or false"),
    };

    public string? Text(string key)
    {
        if (Find(key) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String ? AsText(key, value) : throw Wrong(key, Describe(value), "a string");
    }

    /// <summary>An array of integers, or one integer, or null.</summary>
    public IReadOnlyList<int>? Ints(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (AsInt(value) is { } single)
            return [single];
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, Describe(value), "a list of integers");

        var numbers = new List<int>();
        foreach (var element in value.EnumerateArray())
            numbers.Add(AsInt(element) ?? throw Wrong(key, $"{Describe(element)} in the list", "a list of integers"));
        return numbers;
    }

    public IReadOnlyList<string>? Texts(string key)
    {
        if (Find(key) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(key, Describe(value), "a list of strings");

        var texts = new List<string>();
        foreach (var element in value.EnumerateArray())
        {
            if (element.ValueKind != JsonValueKind.String)
                throw Wrong(key, $"{Describe(element)} in the list", "a list of strings");
            texts.Add(AsText(key, element));
        }

        return texts;
    }

    /// <summary>Every member, all of which must be strings.</summary>
    public Dictionary<string, string> TextMembers()
    {
        var members = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var member in _object.EnumerateObject())
        {
            var name = MemberName(member);
            if (member.Value.ValueKind != JsonValueKind.String)
                throw Wrong(name, Describe(member.Value), "a string");
            members[name] = AsText(name, member.Value);
        }

        return members;
    }

    public CheckpointException Wrong(string key, string found, string needed, string? cure = null) =>
        new(Problem(Name(key), found, needed, cure ?? $"Fetch {_file} again from the release the weights came from."));

    private CheckpointException Absent(string key, string needed) => Wrong(key, "no such key", needed);

    private JsonElement? Find(string key) =>
        _object.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;

    private string Name(string key) => _path.Length == 0 ? key : $"{_path}.{key}";

    private string MemberName(JsonProperty member)
    {
        try
        {
            return member.Name;
        }
        catch (InvalidOperationException)
        {
            throw new CheckpointException(Problem(_path, "a key that is no valid Unicode text", "text", $"Fetch {_file} again."));
        }
    }

    private string AsText(string key, JsonElement value)
    {
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // The JSON reader accepts escapes of lone surrogates and finds out only when the string is made.
            throw Wrong(key, "a string that is no valid Unicode text", "a string");
        }
    }

    private static int? AsInt(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string Describe(JsonElement value)
    {
        const int Longest = 80;
        var text = value.GetRawText();
        return text.Length <= Longest ? text : string.Create(CultureInfo.InvariantCulture, $"{text.AsSpan(0, Longest)}...");
    }

    private static CheckpointProblem Problem(string subject, string found, string needed, string cure) =>
        new(CheckpointProblemKind.Config, subject, found, needed, cure);
}
