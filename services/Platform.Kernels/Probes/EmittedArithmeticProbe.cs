using System.Diagnostics;
using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>Measures the dot products that .NET does not offer and the emitted kernels use: their ceiling.</summary>
public static class EmittedArithmeticProbe
{
    private const int Chains = 12;
    private const int Iterations = 2_000_000;

    /// <summary>Dot products of bytes (vpdpbusd).</summary>
    /// <returns>Operations a second, a multiply and its addition being two; null where none may be emitted.</returns>
    public static double? ByteDots(WorkerTeam team) =>
        EmittedSupport.Here.DotsOfBytes ? Rate(team, 64 * 2, (code, sum) => code.Vpdpbusd(sum, new Zmm(Chains), new Zmm(Chains + 1))) : null;

    /// <summary>Dot products of bfloat16 (vdpbf16ps).</summary>
    /// <returns>Operations a second; null where none may be emitted.</returns>
    public static double? Bf16Dots(WorkerTeam team) =>
        EmittedSupport.Here.DotsOfBf16 ? Rate(team, 32 * 2, (code, sum) => code.Vdpbf16ps(sum, new Zmm(Chains), new Zmm(Chains + 1))) : null;

    private static double? Rate(WorkerTeam team, int operationsPerStep, Action<Assembler, Zmm> step)
    {
        using var loop = EmittedFunction.TryCreate(Loop(step));
        if (loop is null)
            return null;
        var start = Stopwatch.GetTimestamp();
        team.Run(team.Threads, new Job { Loop = loop });
        return (double)team.Threads * Chains * Iterations * operationsPerStep / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    /// <summary>Independent sums, each one step further a turn; the number of turns is what the argument points to.</summary>
    private static Assembler Loop(Action<Assembler, Zmm> step)
    {
        var code = new Assembler();
        code.Mov(Gp.Rcx, new Address(Gp.Rdi));
        for (var register = 0; register < Chains + 2; register++)
            code.Vpxord(new Zmm(register), new Zmm(register), new Zmm(register));
        var turn = new Label();
        code.Place(turn);
        for (var sum = 0; sum < Chains; sum++)
            step(code, new Zmm(sum));
        code.Sub(Gp.Rcx, 1);
        code.Jump(Condition.NotZero, turn);
        code.Return();
        return code;
    }

    private struct Job : ITeamJob
    {
        public EmittedFunction Loop;

        public readonly void Run(int task, int worker) => Loop.Call<long>([Iterations]);
    }
}
