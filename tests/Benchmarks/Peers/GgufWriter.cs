using System.Text;

namespace Benchmarks.Peers;

/// <summary>Writes the GGUF container, version 3: metadata, tensor directory, then the tensors, each at a multiple of 32 bytes.</summary>
internal sealed class GgufWriter : IDisposable
{
    private const int Alignment = 32;

    private readonly Stream _stream;
    private readonly BinaryWriter _writer;
    private readonly List<(string Name, Action Write)> _metadata = [];
    private readonly List<GgufTensor> _tensors = [];

    public GgufWriter(string path)
    {
        _stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 20);
        _writer = new BinaryWriter(_stream);
    }

    public void Add(string key, string value) => AddValue(key, 8, () => WriteText(value));

    public void Add(string key, uint value) => AddValue(key, 4, () => _writer.Write(value));

    public void Add(string key, float value) => AddValue(key, 6, () => _writer.Write(value));

    public void Add(string key, IReadOnlyList<int> values) => AddValue(key, 9, () => WriteList(values));

    /// <summary>Announces a tensor; they are written in this order.</summary>
    public void Add(GgufTensor tensor) => _tensors.Add(tensor);

    /// <summary>Writes everything that was added.</summary>
    /// <param name="progress">Told each tensor's name before it is written.</param>
    public void Write(Action<string> progress)
    {
        _writer.Write("GGUF"u8);
        _writer.Write(3);
        _writer.Write((ulong)_tensors.Count);
        _writer.Write((ulong)_metadata.Count);
        foreach (var (name, write) in _metadata)
        {
            WriteText(name);
            write();
        }

        WriteDirectory();
        foreach (var tensor in _tensors)
        {
            progress(tensor.Name);
            Pad();
            tensor.Write(_stream);
        }

        Pad();
    }

    public void Dispose() => _writer.Dispose();

    private void AddValue(string key, int type, Action write) => _metadata.Add((key, () => WriteValue(type, write)));

    private void WriteValue(int type, Action write)
    {
        _writer.Write(type);
        write();
    }

    private void WriteList(IReadOnlyList<int> values)
    {
        _writer.Write(5);
        _writer.Write((ulong)values.Count);
        foreach (var value in values)
            _writer.Write(value);
    }

    private void WriteDirectory()
    {
        ulong offset = 0;
        foreach (var tensor in _tensors)
        {
            WriteText(tensor.Name);
            _writer.Write(tensor.Shape.Count);
            // The fastest axis comes first.
            foreach (var size in tensor.Shape.Reverse())
                _writer.Write((ulong)size);
            _writer.Write(tensor.IsBf16 ? 30 : 0);
            _writer.Write(offset);
            offset += (ulong)((tensor.Bytes + Alignment - 1) / Alignment * Alignment);
        }
    }

    private void WriteText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        _writer.Write((ulong)bytes.Length);
        _writer.Write(bytes);
    }

    private void Pad()
    {
        _writer.Flush();
        while (_stream.Position % Alignment != 0)
            _stream.WriteByte(0);
    }
}
