namespace Platform.Grains;

/// <summary>The models that have decoders now, as their directories note them.</summary>
internal sealed class ModelDirectoryGrain(TimeProvider time) : Grain, IModelDirectoryGrain
{
    private readonly SortedDictionary<string, (ServedModel Model, DateTimeOffset Until)> _models = new(StringComparer.Ordinal);

    public Task<IReadOnlyList<ServedModel>> ListAsync()
    {
        var now = time.GetUtcNow();
        foreach (var lapsed in _models.Where(model => model.Value.Until <= now).Select(model => model.Key).ToList())
            _models.Remove(lapsed);
        return Task.FromResult<IReadOnlyList<ServedModel>>([.. _models.Values.Select(entry => entry.Model)]);
    }

    public Task NoteAsync(ServedModel model, TimeSpan lease)
    {
        _models[model.Name] = (model, time.GetUtcNow() + lease);
        return Task.CompletedTask;
    }

    public Task ForgetAsync(string model)
    {
        _models.Remove(model);
        return Task.CompletedTask;
    }
}
