using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Platform.Kernels;

/// <summary>
/// A fixed team of threads, the caller's included, that runs jobs split into tasks. Workers spin a moment for the next job, then park, so
/// that the joins of a step cost a fraction of a microsecond and an idle team costs nothing.
/// </summary>
/// <remarks>
/// One job at a time, started by one thread at a time. Who claims which task varies from run to run: a job's results must not depend on it.
/// </remarks>
public sealed unsafe class WorkerTeam : IDisposable
{
    /// <summary>The largest team.</summary>
    public const int MaxThreads = 64;

    // Some 0.15 ms: longer than the joins within a step and short enough that the cores are free when a step's tokens are delivered.
    private const int SpinsBeforeParking = 1000;
    private const int SpinsOfWaitingCaller = 20000;

    private readonly Thread[] _threads;
    private readonly Lock _parking = new();
    private readonly SemaphoreSlim _wake = new(0);
    private int _parked;
    private bool _disposed;

    private delegate*<void*, int, int, void> _runTask;
    private void* _job;
    private int _taskCount;
    private int _completed;
    private int _running;
    private Exception? _failure;

    // High half: the generation, so that a late worker cannot claim from a job it has not seen. Low half: tasks not yet claimed.
    private long _unclaimed;

    /// <summary>Starts a team.</summary>
    /// <param name="threads">1..64, the calling thread included.</param>
    public WorkerTeam(int threads)
    {
        if (threads is < 1 or > MaxThreads)
            throw new ArgumentOutOfRangeException(nameof(threads), $"A team of {threads} threads was asked for; choose 1 to {MaxThreads}.");
        Threads = threads;
        _threads = new Thread[threads - 1];
        for (var i = 0; i < _threads.Length; i++)
        {
            var worker = i + 1;
            _threads[i] = new Thread(() => Work(worker)) { IsBackground = true, Name = $"kernel worker {worker}" };
            _threads[i].Start();
        }
    }

    /// <summary>Threads in the team, the caller's included.</summary>
    public int Threads { get; }

    /// <summary>Runs all tasks of a job and returns when they are done.</summary>
    /// <exception cref="InvalidOperationException">The team is at work on another thread's job.</exception>
    /// <exception cref="Exception">The first exception that a task threw; the remaining tasks are then not started.</exception>
    public void Run<TJob>(int taskCount, TJob job)
        where TJob : struct, ITeamJob
    {
        if (taskCount <= 0)
            return;
        if (Threads == 1 || taskCount == 1)
        {
            for (var task = 0; task < taskCount; task++)
                job.Run(task, 0);
            return;
        }

        if (Interlocked.Exchange(ref _running, 1) != 0)
            throw new InvalidOperationException("The team is at work on another thread's job; a team runs one job at a time.");

        // The parameter lives on this stack frame until every task has finished, so its address is stable.
        _job = Unsafe.AsPointer(ref job);
        _runTask = &RunTask<TJob>;
        _taskCount = taskCount;
        _failure = null;
        _completed = 0;
        StartGeneration(taskCount, taskCount - 1);
        ClaimTasks(Generation, 0);
        WaitForTasks(taskCount);
        Volatile.Write(ref _running, 0);
        if (_failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Ends the threads. No job may be running.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        Volatile.Write(ref _disposed, true);
        StartGeneration(0, _threads.Length);
        foreach (var thread in _threads)
            thread.Join();
        _wake.Dispose();
    }

    private static void RunTask<TJob>(void* job, int task, int worker)
        where TJob : struct, ITeamJob => Unsafe.AsRef<TJob>(job).Run(task, worker);

    private int Generation => (int)(Volatile.Read(ref _unclaimed) >> 32);

    private void StartGeneration(int tasks, int helpersWanted)
    {
        int sleepers;
        lock (_parking)
        {
            Volatile.Write(ref _unclaimed, ((long)(Generation + 1) << 32) | (uint)tasks);
            sleepers = Math.Min(_parked, helpersWanted);
            _parked -= sleepers;
        }

        if (sleepers > 0)
            _wake.Release(sleepers);
    }

    private void Work(int worker)
    {
        var seen = 0;
        while (true)
        {
            seen = WaitForGenerationAfter(seen);
            if (Volatile.Read(ref _disposed))
                return;
            ClaimTasks(seen, worker);
        }
    }

    private int WaitForGenerationAfter(int seen)
    {
        for (var spins = 0; spins < SpinsBeforeParking; spins++)
        {
            var generation = Generation;
            if (generation != seen)
                return generation;
            Thread.SpinWait(4);
        }

        lock (_parking)
        {
            if (Generation != seen)
                return Generation;
            _parked++;
        }

        _wake.Wait();
        return Generation;
    }

    private void ClaimTasks(int generation, int worker)
    {
        while (TryClaim(generation, out var unclaimed))
        {
            // A claimed task keeps its job running, so the fields belong to this generation until the task is counted.
            try
            {
                if (Volatile.Read(ref _failure) is null)
                    _runTask(_job, _taskCount - unclaimed, worker);
            }
            catch (Exception failure)
            {
                Interlocked.CompareExchange(ref _failure, failure, null);
            }

            Interlocked.Increment(ref _completed);
        }
    }

    private bool TryClaim(int generation, out int unclaimed)
    {
        while (true)
        {
            var seen = Volatile.Read(ref _unclaimed);
            unclaimed = (int)seen;
            if ((int)(seen >> 32) != generation || unclaimed == 0)
                return false;
            if (Interlocked.CompareExchange(ref _unclaimed, seen - 1, seen) == seen)
                return true;
        }
    }

    private void WaitForTasks(int taskCount)
    {
        var spins = 0;
        while (Volatile.Read(ref _completed) != taskCount)
        {
            if (++spins < SpinsOfWaitingCaller)
                Thread.SpinWait(1);
            else
                Thread.Yield();
        }
    }
}
