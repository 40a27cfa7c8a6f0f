using System.Globalization;
using Platform.Model;

namespace Platform.Engine;

/// <summary>The memory a model and its engine will take, stated before any of it is taken, beside what there is.</summary>
/// <remarks>Packing needs no more than the packed weights: matrices are packed one after the other, and the checkpoint's own pages are a file's,
/// which make room. Weights mapped from a packed file are resident too, but shared between processes and given back under pressure.</remarks>
public sealed class MemoryPlan
{
    /// <summary>Left to the runtime, the services and their buffers.</summary>
    public const long ReservedBytes = 384L << 20;

    private MemoryPlan(MachineMemory machine, IReadOnlyList<MemoryLine> lines, long cacheBytes)
    {
        Machine = machine;
        Lines = lines;
        CacheBytes = cacheBytes;
    }

    /// <summary>What there is.</summary>
    public MachineMemory Machine { get; }

    /// <summary>Every use.</summary>
    public IReadOnlyList<MemoryLine> Lines { get; }

    /// <summary>Their sum.</summary>
    public long Total => Lines.Sum(line => line.Bytes);

    /// <summary>What caches and states may take: for <see cref="EngineOptions.MemoryLimitBytes"/>.</summary>
    public long CacheBytes { get; }

    /// <summary>Makes the plan.</summary>
    /// <param name="checkpoint">Opened and checked.</param>
    /// <param name="model">How it will be loaded.</param>
    /// <param name="engine">The engine's bounds.</param>
    /// <param name="machine">What there is.</param>
    /// <param name="beside">What else this process will load; it counts.</param>
    /// <exception cref="EngineOptionsException">It does not fit, or an option is out of range; the message names numbers, rule and cure.</exception>
    public static MemoryPlan Of(
        Checkpoint checkpoint, TextModelOptions model, EngineOptions engine, MachineMemory machine, IReadOnlyList<MemoryLine>? beside = null)
    {
        var memory = TextModelMemory.Of(checkpoint, model);
        List<MemoryLine> loaded =
        [
            new("weights", memory.Weights, Form(model)),
            .. beside ?? [],
            new("a step's rows", memory.Scratch, $"up to {model.MaxBatchedTokens} tokens a step"),
            new("runtime and services", ReservedBytes, "set aside"),
        ];
        var taken = loaded.Sum(line => line.Bytes);
        var planned = EngineModel.Planned(checkpoint, model, memory);
        var least = (long)engine.MaxSequences * memory.Slot + memory.Page;
        if (taken + least > machine.Available)
        {
            throw new EngineOptionsException(
                $"This model does not fit: {string.Join(", ", loaded.Select(line => $"{line.What} {Gigabytes(line.Bytes)}"))} and at the least " +
                $"{Gigabytes(least)} of states and cache for {engine.MaxSequences} sequences are {Gigabytes(taken + least)}, but of " +
                $"{(machine.IsContainerLimit ? "the container's limit" : "this machine's memory")} of {Gigabytes(machine.Total)} only " +
                $"{Gigabytes(machine.Available)} are available. Take smaller weights (--weights int8 or int4), fewer sequences (--sequences), " +
                "a smaller model, or give it more memory.");
        }

        var forCaches = Math.Min(engine.MemoryLimitBytes ?? long.MaxValue, machine.Available - taken);
        var limits = EngineLimits.Resolve(engine with { MemoryLimitBytes = forCaches }, planned);
        return new MemoryPlan(machine, [.. loaded, .. Caches(limits, memory)], forCaches);
    }

    /// <summary>Bytes as people read them.</summary>
    public static string Gigabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1e9:F2} GB");

    private static IEnumerable<MemoryLine> Caches(EngineLimits limits, TextModelMemory memory)
    {
        yield return new("KV pages", limits.Pages * memory.Page, $"{limits.Pages:N0} pages of {PageAllocator.PageLength} positions");
        yield return new("states", (long)(limits.Slots + limits.DraftSlots) * memory.Slot, $"{limits.Slots} sequences, {limits.DraftSlots} for drafts");
        yield return new("state checkpoints", limits.Cache.Checkpoints * memory.Slot, $"{limits.Cache.Checkpoints} of the prefix cache, at most");
        if (limits.Shadow.Tokens > 0)
            yield return new("shadow check", limits.Shadow.Pages * memory.Page + limits.Shadow.Slots * memory.Slot, $"{limits.Shadow.Tokens:N0} tokens");
    }

    private static string Form(TextModelOptions model) => model.Weights switch
    {
        WeightPacking.Int8 => "8-bit integers",
        WeightPacking.Int4 => "4-bit integers",
        _ => "as the checkpoint stores them",
    };
}
