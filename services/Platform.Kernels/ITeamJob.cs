namespace Platform.Kernels;

/// <summary>Work that a <see cref="WorkerTeam"/> splits by task index. A struct, so that a run allocates nothing.</summary>
public interface ITeamJob
{
    /// <summary>Does one task. Tasks run in any order, on any thread, at most one per thread at a time.</summary>
    /// <param name="task">0 .. task count − 1.</param>
    /// <param name="worker">The thread's number in the team, 0 for the caller: picks its scratch memory, never a result.</param>
    void Run(int task, int worker);
}
