using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.Win32.SafeHandles;

namespace Platform.Model;

/// <summary>The header of a safetensors file: read with bounds, then checked so that every entry can be trusted.</summary>
internal sealed class SafetensorsHeader
{
    private const int LengthBytes = 8;
    private const int MostTensors = 1_000_000;
    private const int MostDimensions = 16;
    private const int MostNameBytes = 1024;
    private const int MostDepth = 8;

    private readonly string _file;
    private readonly Dictionary<string, TensorEntry> _tensors = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private bool _metadataSeen;

    private SafetensorsHeader(string file, long dataOffset)
    {
        _file = file;
        DataOffset = dataOffset;
    }

    public IReadOnlyDictionary<string, TensorEntry> Tensors => _tensors;

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    /// <summary>Where the data begins, from the start of the file.</summary>
    public long DataOffset { get; }

    public static SafetensorsHeader Read(SafeFileHandle handle, long fileLength, string file, long maxHeaderBytes)
    {
        Span<byte> prefix = stackalloc byte[LengthBytes];
        if (fileLength < LengthBytes || RandomAccess.Read(handle, prefix, 0) != LengthBytes)
            throw BadFile(file, $"{fileLength} bytes", "at least 8, the header's length");
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > (ulong)maxHeaderBytes)
            throw BadFile(file, $"a header of {length} bytes", $"at most {maxHeaderBytes}");
        if (length > (ulong)(fileLength - LengthBytes))
            throw BadFile(file, $"a header of {length} bytes in a file of {fileLength}", "a header inside the file");

        var json = new byte[length];
        for (var done = 0; done < json.Length;)
        {
            var count = RandomAccess.Read(handle, json.AsSpan(done), LengthBytes + done);
            if (count == 0)
                throw BadFile(file, "a file that shrank while it was read", "a file at rest");
            done += count;
        }

        var header = new SafetensorsHeader(file, LengthBytes + (long)length);
        header.Parse(json);
        header.CheckLayout(fileLength);
        return header;
    }

    private void Parse(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = MostDepth });
            Expect(ref reader, JsonTokenType.StartObject, "a JSON object");
            while (NextProperty(ref reader))
                ParseMember(ref reader);
            if (reader.Read())
                throw BadFile(_file, "text after the header's object", "one JSON object");
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a string that is no valid UTF-8 or UTF-16 text.
            throw new CheckpointException(
                [Problem(CheckpointProblemKind.File, _file, $"a header that is no valid JSON ({error.Message})", "a safetensors header")], error);
        }
    }

    private void ParseMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("__metadata__"u8))
        {
            if (_metadataSeen)
                throw BadFile(_file, "__metadata__ twice", "it once");
            _metadataSeen = true;
            ParseMetadata(ref reader);
            return;
        }

        if (reader.ValueSpan.Length > MostNameBytes)
            throw BadFile(_file, $"a tensor name of {reader.ValueSpan.Length} bytes", $"at most {MostNameBytes}");
        var name = reader.GetString()!;
        if (_tensors.Count == MostTensors)
            throw BadFile(_file, $"more than {MostTensors} tensors", "fewer");
        if (!_tensors.TryAdd(name, ParseTensor(ref reader, name)))
            throw new CheckpointException(Problem(CheckpointProblemKind.Duplicate, name, $"two entries in {_file}", "one"));
    }

    private void ParseMetadata(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.StartObject, "__metadata__ as an object of strings");
        while (NextProperty(ref reader))
        {
            var key = reader.GetString()!;
            Expect(ref reader, JsonTokenType.String, "__metadata__ as an object of strings");
            _metadata[key] = reader.GetString()!;
        }
    }

    private TensorEntry ParseTensor(ref Utf8JsonReader reader, string name)
    {
        string? type = null;
        List<long>? shape = null;
        List<long>? offsets = null;
        Expect(ref reader, JsonTokenType.StartObject, $"an object for '{name}'");
        while (NextProperty(ref reader))
        {
            if (reader.ValueTextEquals("dtype"u8) && type is null)
            {
                Expect(ref reader, JsonTokenType.String, $"a dtype string for '{name}'");
                type = reader.GetString();
            }
            else if (reader.ValueTextEquals("shape"u8) && shape is null)
            {
                shape = ParseNumbers(ref reader, name, "shape", MostDimensions);
            }
            else if (reader.ValueTextEquals("data_offsets"u8) && offsets is null)
            {
                offsets = ParseNumbers(ref reader, name, "data_offsets", 2);
            }
            else
            {
                throw Bad(CheckpointProblemKind.File, name, "a key that is unknown or repeated", "dtype, shape and data_offsets, once each");
            }
        }

        if (type is null || shape is null || offsets is not { Count: 2 })
            throw Bad(CheckpointProblemKind.File, name, "an incomplete entry", "dtype, shape and two data_offsets");
        return Entry(name, type, shape, offsets[0], offsets[1]);
    }

    private List<long> ParseNumbers(ref Utf8JsonReader reader, string name, string key, int most)
    {
        var numbers = new List<long>();
        Expect(ref reader, JsonTokenType.StartArray, $"{key} of '{name}' as a list");
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.Number || !reader.TryGetInt64(out var number) || number < 0)
                throw Bad(CheckpointProblemKind.Shape, name, $"{key} with {Shown(reader)}", "integers from 0 to 2^63 - 1");
            if (numbers.Count == most)
                throw Bad(CheckpointProblemKind.Shape, name, $"{key} with more than {most} numbers", "fewer");
            numbers.Add(number);
        }

        return numbers;
    }

    private TensorEntry Entry(string name, string typeName, List<long> shape, long begin, long end)
    {
        if (TensorTypes.Find(typeName) is not { } type)
            throw Bad(CheckpointProblemKind.Type, name, $"dtype {Cut(typeName)}", "a type of the safetensors format");
        if (TensorShape.ElementCount(shape) is not { } count || count > long.MaxValue / type.ElementBytes())
            throw Bad(CheckpointProblemKind.Shape, name, $"shape {TensorShape.Text(shape)}", "fewer than 2^63 bytes");
        if (end < begin)
            throw Bad(CheckpointProblemKind.Bytes, name, $"data_offsets [{begin}, {end}]", "an end that is not before the beginning");
        var bytes = count * type.ElementBytes();
        if (end - begin != bytes)
            throw Bad(CheckpointProblemKind.Bytes, name, $"{end - begin} bytes", $"{bytes} for {typeName} {TensorShape.Text(shape)}");
        if (begin > long.MaxValue - DataOffset - bytes)
            throw Bad(CheckpointProblemKind.Bytes, name, $"data_offsets [{begin}, {end}]", "offsets inside the file");
        return new TensorEntry(name, type, shape, DataOffset + begin, bytes);
    }

    /// <summary>The tensors must lie back to back and fill the file, as the format says; then no entry can overlap or reach outside.</summary>
    private void CheckLayout(long fileLength)
    {
        // Truncation first: a file cut short is the likeliest damage, and its own message says more than a hole's.
        var cut = _tensors.Values.Where(entry => entry.ByteOffset + entry.ByteLength > fileLength).OrderBy(entry => entry.ByteOffset).ToList();
        if (cut.Count > 0)
            throw new CheckpointException([.. cut.Take(100).Select(entry => Cut(entry, fileLength))]);

        var position = DataOffset;
        foreach (var entry in _tensors.Values.OrderBy(entry => entry.ByteOffset).ThenBy(entry => entry.ByteLength))
        {
            if (entry.ByteOffset != position)
            {
                throw Bad(
                    CheckpointProblemKind.Bytes,
                    entry.Name,
                    $"data that begins at byte {entry.ByteOffset - DataOffset} of the data",
                    $"byte {position - DataOffset}, where the tensor before it ends ({(entry.ByteOffset < position ? "they overlap" : "there is a hole")})");
            }

            position += entry.ByteLength;
        }

        if (position != fileLength)
            throw BadFile(_file, $"{fileLength - position} bytes after the last tensor", "none");
    }

    private CheckpointProblem Cut(TensorEntry entry, long fileLength) =>
        Problem(
            CheckpointProblemKind.Bytes,
            entry.Name,
            $"bytes {entry.ByteOffset} to {entry.ByteOffset + entry.ByteLength} of {_file}, a file of {fileLength} bytes",
            "a tensor inside its file; the file is truncated");

    private static bool NextProperty(ref Utf8JsonReader reader) =>
        reader.Read() && reader.TokenType != JsonTokenType.EndObject;

    private void Expect(ref Utf8JsonReader reader, JsonTokenType type, string needed)
    {
        if (!reader.Read() || reader.TokenType != type)
            throw BadFile(_file, $"{reader.TokenType} in the header", needed);
    }

    private static string Shown(Utf8JsonReader reader) => Cut(Encoding.UTF8.GetString(reader.ValueSpan));

    private static string Cut(string text) => text.Length <= 40 ? $"'{text}'" : $"'{text.AsSpan(0, 40)}...'";

    private static CheckpointException BadFile(string file, string found, string needed) =>
        new(Problem(CheckpointProblemKind.File, file, found, needed));

    private static CheckpointException Bad(CheckpointProblemKind kind, string name, string found, string needed) =>
        new(Problem(kind, name, found, needed));

    private static CheckpointProblem Problem(CheckpointProblemKind kind, string subject, string found, string needed) =>
        new(kind, subject, found, needed, "The file is damaged or incomplete, or no safetensors file; fetch it again.");
}
