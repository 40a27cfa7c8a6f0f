using System.Text.Json;

namespace Platform.Model;

/// <summary>Reads the small JSON files of a checkpoint, with bounds.</summary>
internal static class JsonFile
{
    private const int MostBytes = 64 << 20;

    private static readonly JsonDocumentOptions Options = new() { MaxDepth = 32, AllowDuplicateProperties = false };

    public static byte[] Read(string path)
    {
        var name = Path.GetFileName(path);
        try
        {
            var info = new FileInfo(path);
            if (!info.Exists)
                throw Problem(name, "no such file in the checkpoint folder", "the file", "Check the folder, or fetch the checkpoint again.");
            if (info.Length > MostBytes)
                throw Problem(name, $"{info.Length} bytes", $"at most {MostBytes}", "This is no such file of a published checkpoint.");
            return File.ReadAllBytes(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Problem(name, error.Message, "a readable file", "Check the folder and its permissions.", error);
        }
    }

    public static JsonDocument Parse(string name, ReadOnlySpan<byte> json)
    {
        try
        {
            if (json.StartsWith("\uFEFF"u8))
                json = json[3..];
            return JsonDocument.Parse(json.ToArray(), Options);
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a key that is no valid Unicode text, met while looking for keys that repeat.
            throw Problem(name, $"no valid JSON ({error.Message})", "one JSON object", "Fetch the file again.", error);
        }
    }

    private static CheckpointException Problem(string name, string found, string needed, string cure, Exception? inner = null) =>
        new([new CheckpointProblem(CheckpointProblemKind.File, name, found, needed, cure)], inner);
}
