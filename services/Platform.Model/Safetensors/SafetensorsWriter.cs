using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;

namespace Platform.Model;

/// <summary>Writes a safetensors file tensor by tensor in bounded memory: the tensors are declared first, then their bytes follow in the same order.</summary>
public sealed class SafetensorsWriter : IDisposable
{
    private const int BufferBytes = 1 << 20;
    private const int Alignment = 8;

    private readonly FileStream _stream;
    private readonly IReadOnlyList<TensorDeclaration> _tensors;
    private int _current;
    private long _leftOfCurrent;

    private SafetensorsWriter(FileStream stream, IReadOnlyList<TensorDeclaration> tensors)
    {
        _stream = stream;
        _tensors = tensors;
        _current = -1;
        Advance();
    }

    /// <summary>Creates the file, which must not exist, and writes its header.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tensors">Every tensor, in the order in which the bytes will come; names must differ.</param>
    public static SafetensorsWriter Create(string path, IReadOnlyList<TensorDeclaration> tensors)
    {
        ArgumentNullException.ThrowIfNull(tensors);
        var header = Header(tensors);
        var stream = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, BufferBytes);
        try
        {
            Span<byte> length = stackalloc byte[sizeof(ulong)];
            BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
            stream.Write(length);
            stream.Write(header);
            return new SafetensorsWriter(stream, tensors);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>Appends bytes of the current tensor, little-endian; when it is full the next one is current.</summary>
    /// <exception cref="InvalidOperationException">More bytes than the tensor has left.</exception>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _leftOfCurrent)
        {
            var name = _current < _tensors.Count ? _tensors[_current].Name : "the end of the file";
            throw new InvalidOperationException($"{bytes.Length} bytes were written to {name}, which takes {_leftOfCurrent} more.");
        }

        _stream.Write(bytes);
        _leftOfCurrent -= bytes.Length;
        if (_leftOfCurrent == 0)
            Advance();
    }

    /// <summary>Flushes the file.</summary>
    /// <exception cref="InvalidOperationException">A declared tensor lacks bytes.</exception>
    public void Complete()
    {
        if (_current < _tensors.Count)
            throw new InvalidOperationException($"{_tensors[_current].Name} lacks {_leftOfCurrent} bytes.");
        _stream.Flush();
    }

    /// <summary>Closes the file; what was not completed stays incomplete.</summary>
    public void Dispose() => _stream.Dispose();

    private void Advance()
    {
        do
        {
            _current++;
            _leftOfCurrent = _current < _tensors.Count ? _tensors[_current].ByteLength : 0;
        }
        while (_current < _tensors.Count && _leftOfCurrent == 0);
    }

    private static byte[] Header(IReadOnlyList<TensorDeclaration> tensors)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt");
            json.WriteEndObject();
            var offset = 0L;
            foreach (var tensor in tensors)
            {
                WriteEntry(json, tensor, offset);
                offset = checked(offset + tensor.ByteLength);
            }

            json.WriteEndObject();
        }

        // The data begins at a multiple of eight bytes, so that mapped elements are aligned.
        while (stream.Length % Alignment != 0)
            stream.WriteByte((byte)' ');
        return stream.ToArray();
    }

    private static void WriteEntry(Utf8JsonWriter json, TensorDeclaration tensor, long offset)
    {
        json.WriteStartObject(tensor.Name);
        json.WriteString("dtype", tensor.Type.HeaderName());
        json.WriteStartArray("shape");
        foreach (var dimension in tensor.Shape)
            json.WriteNumberValue(dimension);
        json.WriteEndArray();
        json.WritePropertyName("data_offsets");
        json.WriteRawValue(string.Create(CultureInfo.InvariantCulture, $"[{offset},{offset + tensor.ByteLength}]"));
        json.WriteEndObject();
    }
}
