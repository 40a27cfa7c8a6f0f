using System.Diagnostics;

namespace Platform.Cli.Bench;

/// <summary>The end of one step.</summary>
/// <param name="Timestamp">When the model was done, in ticks of <see cref="Stopwatch"/>.</param>
/// <param name="Decoding">Sequences that got one token each.</param>
/// <param name="Prefilled">Prompt tokens fed.</param>
internal readonly record struct StepMark(long Timestamp, int Decoding, int Prefilled)
{
    /// <summary>Seconds between the ends of neighbouring steps that both fed the whole batch and nothing else: sampling and scheduling included.</summary>
    public static List<double> DecodeSeconds(IReadOnlyList<StepMark> marks, int batch)
    {
        var seconds = new List<double>();
        for (var i = 1; i < marks.Count; i++)
        {
            if (IsWhole(marks[i - 1]) && IsWhole(marks[i]))
                seconds.Add(Stopwatch.GetElapsedTime(marks[i - 1].Timestamp, marks[i].Timestamp).TotalSeconds);
        }

        return seconds;

        bool IsWhole(StepMark mark) => mark.Decoding == batch && mark.Prefilled == 0;
    }
}
