using Platform.Engine;

namespace Platform.Cli.Bench;

/// <summary>What is measured.</summary>
/// <param name="Threads">Threads that compute.</param>
/// <param name="Format">The number format.</param>
/// <param name="Prompts">Prompt lengths whose time to first token is measured.</param>
/// <param name="Batches">Batch sizes whose decode rate is measured.</param>
/// <param name="Tokens">Tokens each sequence of a batch generates.</param>
/// <param name="Rounds">Repetitions; the table shows median, smallest and largest.</param>
internal sealed record BenchPlan(
    int Threads, ComputeFormat Format, IReadOnlyList<int> Prompts, IReadOnlyList<int> Batches, int Tokens, int Rounds);
