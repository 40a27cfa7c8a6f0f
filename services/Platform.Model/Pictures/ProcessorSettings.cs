using System.Text.Json;

namespace Platform.Model.Pictures;

/// <summary>Reads the JSON settings of a picture or video processor, checking every value it takes.</summary>
internal sealed class ProcessorSettings
{
    private const long MaxFileBytes = 1 << 20;
    private const int PillowBicubic = 3;
    private const string SharedFile = "processor_config.json";

    private readonly JsonElement _root;
    private readonly string _file;

    private ProcessorSettings(JsonElement root, string file) => (_root, _file) = (root, file);

    /// <summary>The settings in <paramref name="fileName"/>, else under <paramref name="sharedKey"/> of the file that newer checkpoints
    /// keep all processors in; null where neither exists.</summary>
    public static ProcessorSettings? Find(string directory, string fileName, string sharedKey)
    {
        var own = Path.Combine(directory, fileName);
        if (File.Exists(own))
            return Parse(ReadBounded(own), fileName);

        var shared = Path.Combine(directory, SharedFile);
        if (!File.Exists(shared))
            return null;
        var root = Parse(ReadBounded(shared), SharedFile)._root;
        return root.TryGetProperty(sharedKey, out var part) && part.ValueKind == JsonValueKind.Object
            ? new ProcessorSettings(part, SharedFile)
            : null;
    }

    public static ProcessorSettings Parse(ReadOnlySpan<byte> json, string file)
    {
        try
        {
            var reader = new Utf8JsonReader(json);
            var root = JsonElement.ParseValue(ref reader);
            if (root.ValueKind == JsonValueKind.Object)
                return new ProcessorSettings(root, file);
            throw new ProcessorConfigException($"{file} holds a JSON {root.ValueKind}, but must hold an object. Fetch it again.");
        }
        catch (JsonException e)
        {
            throw new ProcessorConfigException($"{file} is not valid JSON: {e.Message} Fetch it again.", e);
        }
    }

    /// <summary>Refuses settings that ask for another computation than the one this code does.</summary>
    public void CheckSteps()
    {
        foreach (var step in (string[])["do_resize", "do_rescale", "do_normalize", "do_convert_rgb"])
        {
            if (_root.TryGetProperty(step, out var value) && value.ValueKind is not (JsonValueKind.True or JsonValueKind.Null))
                throw Wrong(step, value.GetRawText(), "only true is supported");
        }

        if (_root.TryGetProperty("resample", out var filter) && filter.ValueKind != JsonValueKind.Null
            && !(filter.ValueKind == JsonValueKind.Number && filter.TryGetDouble(out var number) && number == PillowBicubic))
        {
            throw Wrong("resample", filter.GetRawText(), $"only {PillowBicubic} (bicubic) is supported");
        }

        var rescale = Number("rescale_factor", 1.0 / 255, 0, 1);
        if (Math.Abs(rescale * 255 - 1) > 1e-6)
            throw Wrong("rescale_factor", $"{rescale}", "only 1/255 is supported");
    }

    public int Integer(string key, int absent, int least, int most)
    {
        var value = Number(key, absent, least, most);
        return value == Math.Floor(value) ? (int)value : throw Wrong(key, $"{value}", "it must be a whole number");
    }

    public double Number(string key, double absent, double least, double most)
    {
        if (!_root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return absent;
        return InRange(key, value, least, most);
    }

    /// <summary>The bounds on area, under <c>size</c> or under their older names.</summary>
    public (long Min, long Max) PixelBounds(long absentMin, long absentMax, long most)
    {
        var min = (long)Number("min_pixels", absentMin, 1, most);
        var max = (long)Number("max_pixels", absentMax, 1, most);
        if (_root.TryGetProperty("size", out var size) && size.ValueKind == JsonValueKind.Object)
        {
            if (size.TryGetProperty("shortest_edge", out var shortest) && shortest.ValueKind != JsonValueKind.Null)
                min = (long)InRange("size.shortest_edge", shortest, 1, most);
            if (size.TryGetProperty("longest_edge", out var longest) && longest.ValueKind != JsonValueKind.Null)
                max = (long)InRange("size.longest_edge", longest, 1, most);
        }

        return min <= max
            ? (min, max)
            : throw Wrong("size", $"{min}..{max}", "shortest_edge (the smallest area) must not exceed longest_edge (the largest)");
    }

    /// <summary>Three numbers, one for each of red, green and blue.</summary>
    public IReadOnlyList<double> Channels(string key, double absent, double least, double most)
    {
        if (!_root.TryGetProperty(key, out var value) || value.ValueKind == JsonValueKind.Null)
            return [absent, absent, absent];
        if (value.ValueKind != JsonValueKind.Array || value.GetArrayLength() != 3)
            throw Wrong(key, value.GetRawText(), "it must list three numbers, for red, green and blue");
        return [.. value.EnumerateArray().Select(item => InRange(key, item, least, most))];
    }

    private double InRange(string key, JsonElement value, double least, double most) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && number >= least && number <= most
            ? number
            : throw Wrong(key, value.GetRawText(), FormattableString.Invariant($"it must be a number from {least} to {most}"));

    private ProcessorConfigException Wrong(string key, string found, string rule) => new(
        $"'{key}' in {_file} is {(found.Length > 100 ? found[..100] + "…" : found)}, but {rule}. Correct it, or remove it to use the released model's setting.");

    private static byte[] ReadBounded(string path)
    {
        var length = new FileInfo(path).Length;
        return length <= MaxFileBytes
            ? File.ReadAllBytes(path)
            : throw new ProcessorConfigException($"{path} has {length} bytes, more than the {MaxFileBytes} a settings file may have.");
    }
}
