namespace Platform.Grains;

/// <summary>The models with at least one living decoder; a single grain with the key 0.</summary>
[Alias("platform.model-directory")]
public interface IModelDirectoryGrain : IGrainWithIntegerKey
{
    /// <summary>The models that some decoder serves now, by name.</summary>
    [Alias("list")]
    Task<IReadOnlyList<ServedModel>> ListAsync();

    /// <summary>Notes that a model has a decoder for as long as <paramref name="lease"/>; called by its decoder directory.</summary>
    [Alias("note")]
    Task NoteAsync(ServedModel model, TimeSpan lease);

    /// <summary>Notes that a model has no decoder any more.</summary>
    [Alias("forget")]
    Task ForgetAsync(string model);
}
