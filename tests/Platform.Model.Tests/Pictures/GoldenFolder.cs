using System.Text.Json;

namespace Platform.Model.Tests.Pictures;

/// <summary>A golden folder of the repository: its files and the tensors of its golden.safetensors.</summary>
internal sealed class GoldenFolder
{
    private readonly SafetensorsFile _tensors;

    public GoldenFolder(string name)
    {
        Folder = Repository.Golden(name);
        _tensors = SafetensorsFile.Open(Path("golden.safetensors"));
    }

    public string Folder { get; }

    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(Path(file))).RootElement;

    public int[] Shape(string tensor) => [.. _tensors.Entry(tensor).Shape.Select(size => (int)size)];

    public byte[] Bytes(string tensor) => _tensors.ReadBytes(tensor);

    public float[] Floats(string tensor) => _tensors.ReadFloats(tensor);

    public long[] Longs(string tensor) => _tensors.ReadLongs(tensor);
}
