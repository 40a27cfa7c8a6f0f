using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>What is measured, and how.</summary>
internal sealed record BenchPlan
{
    public required BenchSections Sections { get; init; }

    /// <summary>How the model is loaded.</summary>
    public required TextModelOptions Model { get; init; }

    /// <summary>Prompt lengths.</summary>
    public IReadOnlyList<int> Prompts { get; init; } = [512, 4096];

    /// <summary>Batch sizes of decode.</summary>
    public IReadOnlyList<int> Batches { get; init; } = [1, 8, 32];

    /// <summary>Contexts of decode; those of a page or more are filled, not prefilled.</summary>
    public IReadOnlyList<int> Contexts { get; init; } = [0, 4096, 32_768];

    /// <summary>The most tokens each sequence generates in one measurement.</summary>
    public int Tokens { get; init; } = 32;

    /// <summary>Repetitions of each measurement, taken in turns.</summary>
    public int Rounds { get; init; } = 5;

    /// <summary>Streams that decode under mixed load.</summary>
    public int Streams { get; init; } = 64;

    /// <summary>Tokens of each prompt that comes in under mixed load.</summary>
    public int ArrivingPrompt { get; init; } = 1024;

    public int Threads => Model.Threads;
}
