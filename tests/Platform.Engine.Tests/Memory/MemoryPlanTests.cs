using Platform.Model;

namespace Platform.Engine.Tests;

public sealed class MemoryPlanTests : IDisposable
{
    private const long Gigabyte = 1L << 30;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("memory-");

    [Fact]
    public void The_plan_names_every_use_and_the_engine_keeps_to_it()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-dense"));
        var options = new TextModelOptions { Threads = 1 };
        var engine = new EngineOptions { MaxSequences = 3, Pages = 50 };
        var plan = MemoryPlan.Of(checkpoint, options, engine, new MachineMemory(8 * Gigabyte, 4 * Gigabyte, false));
        var memory = TextModelMemory.Of(checkpoint, options);
        Assert.Equal(memory.Weights, Line(plan, "weights").Bytes);
        Assert.Equal(50 * memory.Page, Line(plan, "KV pages").Bytes);
        Assert.True(plan.Total <= plan.Machine.Available);
        Assert.Equal(4 * Gigabyte - memory.Weights - memory.Scratch - MemoryPlan.ReservedBytes, plan.CacheBytes);

        using var model = TextModel.Load(checkpoint, options, null, TestContext.Current.CancellationToken);
        var limits = EngineLimits.Resolve(engine with { MemoryLimitBytes = plan.CacheBytes }, EngineModel.Of(model));
        Assert.Equal((limits.Slots + limits.DraftSlots) * memory.Slot, Line(plan, "states").Bytes);
        Assert.Equal(limits.Cache.Checkpoints * memory.Slot, Line(plan, "state checkpoints").Bytes);
    }

    [Fact]
    public void What_does_not_fit_is_refused_with_numbers_and_cures()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-dense"));
        var machine = new MachineMemory(MemoryPlan.ReservedBytes + 1000, MemoryPlan.ReservedBytes, true);
        var refusal = Assert.Throws<EngineOptionsException>(() => MemoryPlan.Of(checkpoint, new TextModelOptions(), new EngineOptions(), machine));
        Assert.Contains("weights", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("the container's limit of 0.40 GB", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--weights int8", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("--sequences", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_else_the_process_loads_counts()
    {
        using var checkpoint = Checkpoint.Open(Repository.Golden("tiny-dense"));
        var machine = new MachineMemory(4 * Gigabyte, 2 * Gigabyte, false);
        var alone = MemoryPlan.Of(checkpoint, new TextModelOptions(), new EngineOptions(), machine);
        var beside = MemoryPlan.Of(checkpoint, new TextModelOptions(), new EngineOptions(), machine, [new("vision tower", Gigabyte, "")]);
        Assert.Equal(alone.CacheBytes - Gigabyte, beside.CacheBytes);
    }

    [Fact]
    public void The_lowest_limit_of_the_groups_around_the_process_counts_and_read_files_make_room()
    {
        Write("proc/meminfo", "MemTotal:       16777216 kB\nMemFree:         1000 kB\nMemAvailable:    8388608 kB\n");
        Write("proc/self/cgroup", "0::/pod/box\n");
        Write("groups/memory.max", "max\n");
        Write("groups/pod/memory.max", $"{4 * Gigabyte}\n");
        Write("groups/pod/memory.current", $"{3 * Gigabyte}\n");
        Write("groups/pod/memory.stat", $"anon 1\ninactive_file {Gigabyte}\nactive_file {Gigabyte}\n");
        Write("groups/pod/box/memory.max", $"{6 * Gigabyte}\n");
        Write("groups/pod/box/memory.current", "0\n");
        Assert.Equal(new MachineMemory(4 * Gigabyte, 3 * Gigabyte, true), Read());
    }

    [Fact]
    public void A_larger_limit_around_a_smaller_one_counts_when_its_neighbours_have_used_it_up()
    {
        Write("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
        Write("proc/self/cgroup", "0::/pod/box\n");
        Write("groups/pod/memory.max", $"{8 * Gigabyte}\n");
        Write("groups/pod/memory.current", $"{7 * Gigabyte}\n");
        Write("groups/pod/box/memory.max", $"{4 * Gigabyte}\n");
        Write("groups/pod/box/memory.current", "0\n");
        Assert.Equal(new MachineMemory(4 * Gigabyte, Gigabyte, true), Read());
    }

    [Fact]
    public void Without_a_limit_the_machine_counts_and_without_either_the_runtime()
    {
        Write("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
        Assert.Equal(new MachineMemory(16 * Gigabyte, 8 * Gigabyte, false), Read());
        File.Delete(Path.Combine(_folder.FullName, "proc/meminfo"));
        Assert.Equal(GC.GetGCMemoryInfo().TotalAvailableMemoryBytes, Read().Total);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static MemoryLine Line(MemoryPlan plan, string what) => Assert.Single(plan.Lines, line => line.What == what);

    private MachineMemory Read() => MachineMemory.Read(Path.Combine(_folder.FullName, "proc"), Path.Combine(_folder.FullName, "groups"));

    private void Write(string path, string text)
    {
        path = Path.Combine(_folder.FullName, path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }
}
