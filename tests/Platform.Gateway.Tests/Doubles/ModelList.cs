using Platform.Grains;

namespace Platform.Gateway.Tests.Doubles;

/// <summary>The model directory, as a list.</summary>
public sealed class ModelList : IModelDirectoryGrain
{
    public List<ServedModel> Models { get; } = [Text("tiny")];

    public static ServedModel Text(string name) => new(
        name, "numerics-1", MaxContext: 4096, Vision: false, new SamplingDefaults(0.6f, 0.95f, 20, 0.05f, 1.5f, 1.1f),
        ReasoningMode.Thinking, Created: 1_700_000_000, IdCount: 8033);

    public Task<IReadOnlyList<ServedModel>> ListAsync() => Task.FromResult<IReadOnlyList<ServedModel>>([.. Models]);

    public Task NoteAsync(ServedModel model, TimeSpan lease) => throw new InvalidOperationException("A gateway notes no models.");

    public Task ForgetAsync(string model) => throw new InvalidOperationException("A gateway forgets no models.");
}
