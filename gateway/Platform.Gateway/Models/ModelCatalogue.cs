using Platform.Gateway.Errors;
using Platform.Gateway.Keys;
using Platform.Grains;

namespace Platform.Gateway.Models;

/// <summary>
/// The served models, as the model directory last told; asked again when the answer is a second old or a name is missing, so that
/// a stranger's model name wakes no grain of its own.
/// </summary>
internal sealed class ModelCatalogue(IGrainFactory grains, TimeProvider time)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1);

    private volatile Snapshot _last = new([], long.MinValue);

    public async Task<IReadOnlyList<ServedModel>> ListAsync(Caller caller, CancellationToken cancellationToken)
    {
        var models = await RefreshAsync(cancellationToken);
        return caller.Models is null ? models : [.. models.Where(model => caller.MayUse(model.Name))];
    }

    /// <summary>The model with this name; 404 when the caller may not use it or nothing serves it, 503 when nothing is served at all.</summary>
    public async Task<ServedModel> FindAsync(string name, Caller caller, CancellationToken cancellationToken)
    {
        var last = _last;
        var isFresh = last.ReadAt != long.MinValue && time.GetElapsedTime(last.ReadAt) < Fresh;
        if (isFresh && caller.MayUse(name) && Named(last.Models, name) is { } known)
            return known;
        var models = await RefreshAsync(cancellationToken);
        return (caller.MayUse(name) ? Named(models, name) : null) ?? throw Missing(name, models, caller);
    }

    private static ServedModel? Named(IReadOnlyList<ServedModel> models, string name) => models.FirstOrDefault(model => model.Name == name);

    private async Task<IReadOnlyList<ServedModel>> RefreshAsync(CancellationToken cancellationToken)
    {
        var models = await grains.GetGrain<IModelDirectoryGrain>(0).ListAsync().WaitAsync(cancellationToken);
        _last = new Snapshot(models, time.GetTimestamp());
        return models;
    }

    private static ApiException Missing(string name, IReadOnlyList<ServedModel> models, Caller caller)
    {
        var served = models.Where(model => caller.MayUse(model.Name)).Select(model => $"'{model.Name}'").ToList();
        if (models.Count == 0)
            return new ApiException(ApiError.Unavailable("No model is being served yet. Retry when /ready answers 200."));
        var cure = served.Count == 0 ? "This key may use none of the served models." : $"Served are: {string.Join(", ", served.Take(20))}.";
        return new ApiException(new ApiError(
            404,
            ApiError.InvalidRequest,
            "model_not_found",
            $"The model '{Json.JsonWords.Shorten(name)}' does not exist or this key may not use it. {cure}",
            "model"));
    }

    private sealed record Snapshot(IReadOnlyList<ServedModel> Models, long ReadAt);
}
