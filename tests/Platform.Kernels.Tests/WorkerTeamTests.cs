namespace Platform.Kernels.Tests;

public sealed class WorkerTeamTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(64)]
    public void Every_task_runs_once_in_each_of_many_jobs(int threads)
    {
        using var team = new WorkerTeam(threads);
        for (var round = 0; round < 50; round++)
        {
            var counts = new int[round * 3];
            team.Run(counts.Length, new CountJob { Counts = counts });
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public void A_tasks_exception_reaches_the_caller_and_the_team_goes_on(int threads)
    {
        using var team = new WorkerTeam(threads);
        for (var round = 0; round < 20; round++)
        {
            var thrown = Assert.Throws<InvalidOperationException>(() => team.Run(40, new ThrowingJob { At = round }));
            Assert.Equal($"task {round}", thrown.Message);
            var counts = new int[40];
            team.Run(40, new CountJob { Counts = counts });
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void Parked_workers_wake_for_the_next_job()
    {
        using var team = new WorkerTeam(4);
        for (var round = 0; round < 5; round++)
        {
            // Long enough for every worker to park.
            Thread.Sleep(20);
            var counts = new int[100];
            team.Run(counts.Length, new CountJob { Counts = counts });
            Assert.All(counts, count => Assert.Equal(1, count));
        }
    }

    [Fact]
    public void A_job_allocates_nothing()
    {
        using var team = new WorkerTeam(2);
        var counts = new int[64];
        team.Run(64, new CountJob { Counts = counts });
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var round = 0; round < 100; round++)
            team.Run(64, new CountJob { Counts = counts });
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void A_job_started_while_another_runs_is_refused()
    {
        using var team = new WorkerTeam(2);
        var thrown = Assert.Throws<InvalidOperationException>(() => team.Run(2, new NestingJob { Team = team }));
        Assert.Contains("one job at a time", thrown.Message, StringComparison.Ordinal);
        var counts = new int[9];
        team.Run(9, new CountJob { Counts = counts });
        Assert.All(counts, count => Assert.Equal(1, count));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(65)]
    public void A_team_of_another_size_is_refused(int threads) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WorkerTeam(threads));

    private struct CountJob : ITeamJob
    {
        public int[] Counts;

        public readonly void Run(int task, int worker) => Interlocked.Increment(ref Counts[task]);
    }

    private struct NestingJob : ITeamJob
    {
        public WorkerTeam Team;

        public readonly void Run(int task, int worker) => Team.Run(2, new CountJob { Counts = new int[2] });
    }

    private struct ThrowingJob : ITeamJob
    {
        public int At;

        public readonly void Run(int task, int worker)
        {
            if (task == At)
                throw new InvalidOperationException($"task {task}");
        }
    }
}
