using Platform.Kernels;

namespace Platform.Engine;

/// <summary>The token embedding table [V, H]: the output head's packed matrix when tied, else a packed matrix of its own.</summary>
internal sealed class Embedding(ModelContext context, PackedMatrix table)
{
    /// <summary>Writes the embedding of every row's token, or its media row where the token is a placeholder.</summary>
    /// <param name="step">The step.</param>
    /// <param name="target">[M, H].</param>
    public void Run(StepContext step, FloatRows target) =>
        context.Team.Run(step.Rows, new Job { Table = table, Step = step, Target = target });

    private struct Job : ITeamJob
    {
        public PackedMatrix Table;
        public StepContext Step;
        public FloatRows Target;

        public readonly void Run(int task, int worker)
        {
            var segmentIndex = Step.SegmentIndexOf(task);
            var segment = Step.Segment(segmentIndex);
            var offset = task - Step.FirstRow(segmentIndex);
            var media = segment.Media is { } embeddings ? embeddings.Row(segment.FirstTokenIndex + offset) : [];
            if (media.Length > 0)
                media.CopyTo(Target[task]);
            else
                Table.ReadRow(segment.Tokens[segment.TokenOffset + offset], Target[task]);
        }
    }
}
