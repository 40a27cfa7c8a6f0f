using System.Text.Json;

namespace Platform.Model.Tests.Pictures;

/// <summary>A golden folder of the repository: its files and the tensors of its golden.safetensors.</summary>
internal sealed class GoldenFolder
{
    private readonly SafetensorsFile _tensors;

    public GoldenFolder(string name)
    {
        Folder = System.IO.Path.Combine(RepositoryRoot(), "tests", "Parity", "goldens", name);
        _tensors = SafetensorsFile.Open(Path("golden.safetensors"));
    }

    public string Folder { get; }

    public string Path(string file) => System.IO.Path.Combine(Folder, file);

    public JsonElement Json(string file) => JsonDocument.Parse(File.ReadAllBytes(Path(file))).RootElement;

    public int[] Shape(string tensor) => [.. _tensors.Entry(tensor).Shape.Select(size => (int)size)];

    public byte[] Bytes(string tensor) => _tensors.ReadBytes(tensor);

    public float[] Floats(string tensor) => _tensors.ReadFloats(tensor);

    public long[] Longs(string tensor) => _tensors.ReadLongs(tensor);

    private static string RepositoryRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder.FullName, "Platform.sln")))
            folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("No Platform.sln above the test's folder.");
    }
}
