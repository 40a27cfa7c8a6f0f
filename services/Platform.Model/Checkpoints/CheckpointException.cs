using System.Globalization;
using System.Text;

namespace Platform.Model;

/// <summary>A checkpoint, or one of its files, cannot be used. The message names each problem (at most a few dozen).</summary>
public sealed class CheckpointException : Exception
{
    private const int MostProblemsInMessage = 24;

    public CheckpointException(CheckpointProblem problem)
        : this([problem])
    {
    }

    /// <param name="problems">At least one.</param>
    /// <param name="innerException">What the file system or the JSON reader said, if anything.</param>
    public CheckpointException(IReadOnlyList<CheckpointProblem> problems, Exception? innerException = null)
        : base(Describe(problems), innerException)
    {
        Problems = problems;
    }

    /// <summary>What is wrong; never empty.</summary>
    public IReadOnlyList<CheckpointProblem> Problems { get; }

    private static string Describe(IReadOnlyList<CheckpointProblem> problems)
    {
        if (problems.Count == 1)
            return problems[0].ToString();

        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{problems.Count} problems:");
        foreach (var problem in problems.Take(MostProblemsInMessage))
            text.Append("\n  ").Append(problem);
        if (problems.Count > MostProblemsInMessage)
            text.Append(CultureInfo.InvariantCulture, $"\n  ... and {problems.Count - MostProblemsInMessage} more.");
        return text.ToString();
    }
}
