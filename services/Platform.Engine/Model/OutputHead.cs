using Platform.Kernels;

namespace Platform.Engine;

/// <summary>logits = lm_head(norm(x)) for the rows that want them; the normed rows stay in the output.</summary>
internal sealed class OutputHead(ModelContext context, PackedMatrix head)
{
    /// <summary>Norms the wanted rows and multiplies those with logits, all under one product.</summary>
    /// <param name="step">The step.</param>
    /// <param name="x">The residual stream [M, H].</param>
    /// <param name="scale">The final norm's 1 + w.</param>
    /// <param name="gathered">Scratch [M, H].</param>
    /// <param name="output">Prepared for the step.</param>
    public void Run(StepContext step, FloatRows x, float[] scale, FloatRows gathered, StepOutput output)
    {
        context.Team.Run(
            output.HiddenRowCount,
            new NormJob { Context = context, Step = step, X = x, Scale = scale, Output = output, Hidden = output.HiddenRows });
        if (output.LogitRowCount == 0)
            return;
        var source = output.HiddenRows;
        if (output.LogitRowCount != output.HiddenRowCount)
        {
            source = gathered.Rows(0, output.LogitRowCount);
            for (var row = 0; row < output.LogitRowCount; row++)
                output.HiddenRows[output.HiddenRowOf(row)].CopyTo(source[row]);
        }

        context.Multiply(head, source, output.LogitMatrix);
    }

    private struct NormJob : ITeamJob
    {
        public ModelContext Context;
        public StepContext Step;
        public FloatRows X;
        public float[] Scale;
        public StepOutput Output;
        public FloatRows Hidden;

        public readonly void Run(int task, int worker)
        {
            var source = X[Output.StepRowOf(task, Step)];
            Context.Kernels.RmsNorm(source, Scale, Context.Epsilon, Hidden[task]);
            Context.RoundInput(Hidden[task]);
        }
    }
}
