namespace Platform.Model;

/// <summary>The safetensors files of a checkpoint folder: one, or shards under an index. Owns the open files.</summary>
internal sealed class CheckpointFiles : IDisposable
{
    private const string SingleName = "model.safetensors";
    private const string IndexName = "model.safetensors.index.json";
    private const int MostShards = 10_000;

    private readonly Dictionary<string, SafetensorsFile> _files = new(StringComparer.Ordinal);
    private readonly List<(SafetensorsFile File, TensorEntry Entry)> _tensors = [];

    private CheckpointFiles()
    {
    }

    /// <summary>Every tensor with the file it is in, under the file's own names.</summary>
    public IReadOnlyList<(SafetensorsFile File, TensorEntry Entry)> Tensors => _tensors;

    public static CheckpointFiles Open(string directory)
    {
        var files = new CheckpointFiles();
        try
        {
            if (File.Exists(Path.Combine(directory, SingleName)))
                files.OpenSingle(directory);
            else if (File.Exists(Path.Combine(directory, IndexName)))
                files.OpenShards(directory);
            else
                throw Problem(CheckpointProblemKind.File, SingleName, "neither this file nor an index of shards", $"{SingleName} or {IndexName}");
            return files;
        }
        catch
        {
            files.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var file in _files.Values)
            file.Dispose();
    }

    private void OpenSingle(string directory)
    {
        var file = Add(directory, SingleName);
        foreach (var entry in file.Tensors.Values)
            _tensors.Add((file, entry));
    }

    private void OpenShards(string directory)
    {
        var map = ReadWeightMap(directory);
        foreach (var shard in map.Values.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            if (_files.Count == MostShards)
                throw Problem(CheckpointProblemKind.File, IndexName, $"more than {MostShards} shards", "fewer");
            Add(directory, shard);
        }

        var problems = new List<CheckpointProblem>();
        foreach (var (name, shard) in map)
        {
            var file = _files[shard];
            if (file.Tensors.TryGetValue(name, out var entry))
                _tensors.Add((file, entry));
            else
                problems.Add(New(CheckpointProblemKind.Missing, name, $"no such tensor in {shard}", "what the index says"));
        }

        foreach (var (shard, file) in _files)
        {
            foreach (var name in file.Tensors.Keys.Where(name => !map.TryGetValue(name, out var home) || home != shard))
                problems.Add(New(CheckpointProblemKind.Extra, name, $"a tensor in {shard}", $"none there, by {IndexName}"));
        }

        if (problems.Count > 0)
            throw new CheckpointException(problems);
    }

    private static Dictionary<string, string> ReadWeightMap(string directory)
    {
        using var document = JsonFile.Parse(IndexName, JsonFile.Read(Path.Combine(directory, IndexName)));
        var map = ConfigSection.Root(IndexName, document.RootElement).RequiredSection("weight_map").TextMembers();
        foreach (var shard in map.Values.Distinct(StringComparer.Ordinal))
        {
            // The index names files of its own folder; anything else would let it reach other files.
            if (shard.Length == 0 || shard is "." or ".." || shard.AsSpan().ContainsAny("/\\:\0"))
                throw Problem(CheckpointProblemKind.File, IndexName, $"the shard name '{shard}'", "a plain file name");
        }

        return map;
    }

    private SafetensorsFile Add(string directory, string name)
    {
        var file = SafetensorsFile.Open(Path.Combine(directory, name));
        _files.Add(name, file);
        return file;
    }

    private static CheckpointException Problem(CheckpointProblemKind kind, string subject, string found, string needed) =>
        new(New(kind, subject, found, needed));

    private static CheckpointProblem New(CheckpointProblemKind kind, string subject, string found, string needed) =>
        new(kind, subject, found, needed, "The download is incomplete or mixes two releases; fetch the checkpoint again.");
}
