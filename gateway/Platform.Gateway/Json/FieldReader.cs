using System.Globalization;
using System.Text.Json;
using Platform.Gateway.Errors;

namespace Platform.Gateway.Json;

/// <summary>
/// Reads the fields of one JSON object by name and checks type and range; a field sent as null counts as absent, of a field sent twice
/// the last counts. Knows which fields nobody asked for.
/// </summary>
internal sealed class FieldReader
{
    private readonly Dictionary<string, JsonElement> _fields = new(StringComparer.Ordinal);
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);
    private readonly string _path;
    private readonly Warnings _warnings;

    /// <param name="element">An object.</param>
    /// <param name="path">Where it stands, for messages: empty for the body, else for example <c>messages[2]</c>.</param>
    /// <param name="warnings">Takes the fields that nobody asked for.</param>
    public FieldReader(JsonElement element, string path, Warnings warnings)
    {
        foreach (var property in element.EnumerateObject())
            _fields[property.Name] = property.Value;
        _path = path;
        _warnings = warnings;
    }

    public string PathOf(string name) => _path.Length == 0 ? name : $"{_path}.{name}";

    /// <summary>The value, or null when absent or null.</summary>
    public JsonElement? Find(string name)
    {
        _read.Add(name);
        return _fields.TryGetValue(name, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    /// <summary>Accepts these fields without effect and without a warning.</summary>
    public void Accept(params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
            _read.Add(name);
    }

    /// <summary>Notes every field that nobody asked for.</summary>
    public void WarnOfUnread()
    {
        foreach (var name in _fields.Keys)
        {
            if (!_read.Contains(name))
                _warnings.Unknown(PathOf(name));
        }
    }

    public bool? Boolean(string name) => Find(name) is not { } value ? null : value.ValueKind switch
    {
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        _ => throw Wrong(name, value, "true or false"),
    };

    public string? Text(string name, string rule = "a string")
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw Wrong(name, value, rule);
    }

    /// <summary>A finite number in [<paramref name="min"/>, <paramref name="max"/>], without <paramref name="min"/> itself if so said.</summary>
    public double? Number(string name, double min, double max, bool aboveMin = false)
    {
        if (Find(name) is not { } value)
            return null;
        var rule = string.Create(
            CultureInfo.InvariantCulture, $"a number {(aboveMin ? "above" : "from")} {min} {(aboveMin ? "and at most" : "to")} {max}");
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetDouble(out var number))
            throw Wrong(name, value, rule);
        if (!double.IsFinite(number) || number < min || number > max || (aboveMin && number <= min))
            throw Wrong(name, value, rule);
        return number;
    }

    /// <summary>A whole number in [<paramref name="min"/>, <paramref name="max"/>]; 3.0 counts as whole.</summary>
    public long? Integer(string name, long min, long max)
    {
        if (Find(name) is not { } value)
            return null;
        var rule = string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}");
        if (!TryWhole(value, out var number) || number < min || number > max)
            throw Wrong(name, value, rule);
        return number;
    }

    public FieldReader? Object(string name)
    {
        if (Find(name) is not { } value)
            return null;
        return value.ValueKind == JsonValueKind.Object
            ? new FieldReader(value, PathOf(name), _warnings)
            : throw Wrong(name, value, "an object");
    }

    /// <summary>An array of at most <paramref name="maxCount"/> values.</summary>
    public JsonElement? Array(string name, int maxCount, string limitOption)
    {
        if (Find(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Array)
            throw Wrong(name, value, "an array");
        var count = value.GetArrayLength();
        if (count > maxCount)
        {
            throw ApiException.Invalid(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"'{PathOf(name)}' has {count} entries, but at most {maxCount} are taken. Send fewer{(limitOption.Length > 0 ? $", or raise {limitOption}" : "")}."),
                PathOf(name));
        }

        return value;
    }

    /// <summary>An array of whole numbers in [<paramref name="min"/>, <paramref name="max"/>].</summary>
    public int[]? Integers(string name, int min, int max, int maxCount, string limitOption)
    {
        if (Array(name, maxCount, limitOption) is not { } array)
            return null;
        var numbers = new int[array.GetArrayLength()];
        var at = 0;
        foreach (var value in array.EnumerateArray())
        {
            if (!TryWhole(value, out var number) || number < min || number > max)
                throw Wrong($"{name}[{at.ToString(CultureInfo.InvariantCulture)}]", value, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));
            numbers[at++] = (int)number;
        }

        return numbers;
    }

    /// <summary>The 400 for a value that breaks its rule.</summary>
    public ApiException Wrong(string name, JsonElement value, string rule) => ApiException.Invalid(
        $"'{PathOf(name)}' is {JsonWords.Describe(value)}, but must be {rule}. Correct it, or leave it out if it is optional.", PathOf(name));

    public static bool TryWhole(JsonElement value, out long number)
    {
        number = 0;
        if (value.ValueKind != JsonValueKind.Number)
            return false;
        if (value.TryGetInt64(out number))
            return true;

        // Beyond 2^53 a double no longer tells neighbours apart.
        const double exact = 9007199254740992;
        if (!value.TryGetDouble(out var real) || Math.Abs(real) > exact || real != Math.Truncate(real))
            return false;
        number = (long)real;
        return true;
    }
}
