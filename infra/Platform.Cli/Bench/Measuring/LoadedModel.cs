using System.Diagnostics;
using Platform.Engine;
using Platform.Model;

namespace Platform.Cli.Bench;

/// <summary>A checkpoint loaded for measuring, and what loading it took. Owns the model.</summary>
internal sealed class LoadedModel : IDisposable
{
    private LoadedModel(string name, TextModel model)
    {
        Name = name;
        Model = model;
    }

    /// <summary>The shape's name, or the folder's.</summary>
    public string Name { get; }

    public TextModel Model { get; }

    /// <summary>The least its steps can take.</summary>
    public required StepCosts Costs { get; init; }

    /// <summary>What was said before loading.</summary>
    public required TextModelMemory Memory { get; init; }

    /// <summary>From opening the checkpoint to a model that runs.</summary>
    public required TimeSpan LoadTime { get; init; }

    /// <summary>Resident memory that loading added, bytes.</summary>
    public required long ResidentAdded { get; init; }

    /// <summary>Weights, all experts counted, the draft head's not.</summary>
    public required long Parameters { get; init; }

    /// <summary>Loads a checkpoint.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="name">What reports call it.</param>
    /// <param name="options">How.</param>
    /// <param name="withDraftHead">Whether the draft head is loaded too.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellationToken">Stops between two tensors.</param>
    public static LoadedModel Load(
        string folder, string name, TextModelOptions options, bool withDraftHead, IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        var before = Residence.Bytes();
        var clock = Stopwatch.StartNew();
        using var checkpoint = Checkpoint.Open(folder, new CheckpointOptions { TextOnly = true, WithoutMtp = !withDraftHead });
        var model = TextModel.Load(checkpoint, options, progress, cancellationToken);
        var loadTime = clock.Elapsed;
        var costs = StepCosts.Of(checkpoint, options);
        var memory = TextModelMemory.Of(checkpoint, options);
        var parameters = checkpoint.Tensors.Where(tensor => !tensor.Name.StartsWith("mtp.", StringComparison.Ordinal)).Sum(tensor => tensor.ElementCount);
        // The checkpoint's mapped pages count as resident until it is closed.
        checkpoint.Dispose();
        return new LoadedModel(name, model)
        {
            Costs = costs,
            Memory = memory,
            LoadTime = loadTime,
            ResidentAdded = Residence.Bytes() - before,
            Parameters = parameters,
        };
    }

    public void Dispose() => Model.Dispose();
}
