using Platform.Kernels;

namespace Platform.Engine;

/// <summary>activated = SiLU(gate) ⊙ up, row by row, where a row holds the gates, then the ups.</summary>
internal struct ActivationJob : ITeamJob
{
    public ModelContext Context;
    public FloatRows GateUp;
    public FloatRows Activated;

    public readonly void Run(int task, int worker)
    {
        var width = Activated.Width;
        Context.Kernels.SwiGlu(GateUp[task][..width], GateUp[task][width..], Activated[task]);
        Context.RoundInput(Activated[task]);
    }
}
