using System.ComponentModel.DataAnnotations;
using System.Reflection;

namespace Platform.Engine;

/// <summary>The options after they were checked against the model and the machine: every number is settled.</summary>
internal sealed record EngineLimits
{
    private const int Fraction = 4;      // of the memory limit that the cache takes by itself
    private const int CheckpointFraction = 8;
    private const int MostCheckpoints = 4096;

    private const int DefaultDraftTokens = 2;

    private EngineLimits()
    {
    }

    public required int Slots { get; init; }

    public required int Pages { get; init; }

    public required ShadowLimits Shadow { get; init; }

    public required CacheLimits Cache { get; init; }

    /// <summary>Drafts per sequence and step; 0 without a draft source.</summary>
    public required int MaxDraftTokens { get; init; }

    public required int MaxDraftingSequences { get; init; }

    /// <summary>Whether drafts are fed without asking whether they pay.</summary>
    public required bool DraftAlways { get; init; }

    /// <summary>Slots for the states between the drafts of a step.</summary>
    public required int DraftSlots { get; init; }

    public required int MaxContext { get; init; }

    public required int MaxBatchedTokens { get; init; }

    public required int MaxPrefillChunk { get; init; }

    /// <summary>Null: as the number of decoding sequences says.</summary>
    public required int? MaxPrefillBesideDecode { get; init; }

    public required int MaxQueued { get; init; }

    public required int OutboxCapacity { get; init; }

    public required int SampleableIds { get; init; }

    public required int MaxFailedSteps { get; init; }

    public required int MaxPendingExports { get; init; }

    /// <summary>Sequences that may live at once, in whatever state.</summary>
    public int MaxLive => Slots + MaxQueued;

    /// <summary>Settles the options.</summary>
    /// <exception cref="EngineOptionsException">One is out of range, two contradict each other, or memory does not suffice.</exception>
    public static EngineLimits Resolve(EngineOptions options, EngineModel model)
    {
        CheckRanges(options);
        var memoryLimit = options.MemoryLimitBytes ?? FreeMemory();
        var context = Math.Min(options.MaxContext ?? model.MaxContext, model.MaxContext);
        var pages = ChoosePages(options, model, memoryLimit, context);
        var drafts = model.CreateDraftSource is null ? 0 : options.MaxDraftTokens ?? DefaultDraftTokens;
        var draftSlots = drafts * Math.Min(options.MaxSequences, options.MaxDraftingSequences);
        CheckMemory(options, model, memoryLimit, pages, draftSlots);
        var cache = ChooseCache(options, model, memoryLimit, pages, draftSlots);
        var shadow = ChooseShadow(options, model, memoryLimit, context, pages, draftSlots, cache);

        var batched = options.MaxBatchedTokens ?? Math.Max(model.MaxBatchedTokens, PageAllocator.PageLength);
        Require(batched <= model.MaxBatchedTokens,
            $"MaxBatchedTokens is {batched}, but the model was loaded for steps of at most {model.MaxBatchedTokens} tokens. Load it for more, or lower it.");
        Require(batched >= options.MaxSequences,
            $"MaxBatchedTokens is {batched}, less than MaxSequences ({options.MaxSequences}), so not every sequence could get a token in a step. " +
            $"Raise it to {options.MaxSequences} or more.");
        var sampleable = options.SampleableIds ?? model.VocabSize;
        Require(sampleable <= model.VocabSize,
            $"SampleableIds is {sampleable}, but the model has only {model.VocabSize} output rows. The tokenizer probably belongs to another model.");

        return new EngineLimits
        {
            Slots = options.MaxSequences,
            Pages = pages,
            Cache = cache,
            Shadow = shadow,
            MaxDraftTokens = drafts,
            MaxDraftingSequences = options.MaxDraftingSequences,
            DraftAlways = options.DraftAlways,
            DraftSlots = draftSlots,
            MaxContext = (int)Math.Min(context, (long)pages * PageAllocator.PageLength),
            MaxBatchedTokens = batched,
            MaxPrefillChunk = options.MaxPrefillChunk ?? batched,
            MaxPrefillBesideDecode = options.MaxPrefillBesideDecode,
            MaxQueued = options.MaxQueued,
            OutboxCapacity = options.OutboxCapacity,
            SampleableIds = sampleable,
            MaxFailedSteps = options.MaxFailedSteps,
            MaxPendingExports = options.MaxPendingExports,
        };
    }

    private static int ChoosePages(EngineOptions options, EngineModel model, long memoryLimit, int context)
    {
        Require(options.Pages is null || options.KvCacheBytes is null, "Pages and KvCacheBytes are both set; set one of them.");
        if (options.Pages is { } pages)
            return pages;
        if (options.KvCacheBytes is { } bytes)
        {
            Require(bytes >= model.PageBytes,
                $"KvCacheBytes is {bytes}, less than one page of 64 positions ({model.PageBytes} bytes for this model). Raise it.");
            return (int)Math.Min(bytes / model.PageBytes, 1 << 24);
        }

        var enough = (long)options.MaxSequences * PageAllocator.PagesFor(context);
        return (int)Math.Clamp(memoryLimit / Fraction / model.PageBytes, 1, Math.Min(enough, 1 << 24));
    }

    private static CacheLimits ChooseCache(EngineOptions options, EngineModel model, long memoryLimit, int pages, int draftSlots)
    {
        var taken = (Int128)pages * model.PageBytes + (Int128)(options.MaxSequences + draftSlots) * model.SlotBytes;
        var left = (long)(memoryLimit - taken);
        var bytes = options.CheckpointBytes ?? Math.Min(left, memoryLimit / CheckpointFraction);
        Require(bytes <= left,
            $"CheckpointBytes is {bytes}, but beside the KV cache and the running states ({taken} bytes) only {left} bytes may be taken. Lower one of them.");
        Require(options.CheckpointBytes is null or 0 || bytes >= model.SlotBytes,
            $"CheckpointBytes is {bytes}, less than one state ({model.SlotBytes} bytes for this model). Raise it, or set 0 to turn the prefix cache off.");
        var checkpoints = model.SlotBytes == 0 ? MostCheckpoints : (int)Math.Min(bytes / model.SlotBytes, MostCheckpoints);
        var kept = options.PrefixCacheBytes is { } limit ? (int)Math.Min(limit / model.PageBytes, pages) : pages;
        Require(options.PrefixCacheBytes is null or 0 || kept > 0,
            $"PrefixCacheBytes is {options.PrefixCacheBytes}, less than one page ({model.PageBytes} bytes). Raise it, or set 0 to turn the prefix cache off.");
        return new CacheLimits(kept, kept == 0 ? 0 : checkpoints, options.CheckpointsPerRequest);
    }

    /// <summary>The check in the shadow takes what is left of the limit, and does without when that is too little.</summary>
    private static ShadowLimits ChooseShadow(
        EngineOptions options, EngineModel model, long memoryLimit, int context, int pages, int draftSlots, CacheLimits cache)
    {
        var slots = options.MaxSequences + cache.Checkpoints + draftSlots;
        var tokens = (draftSlots == 0 && cache.Checkpoints == 0) || options.ShadowShare == 0 ? 0 : Math.Min(options.ShadowTokens, context);
        var shadow = new ShadowLimits(options.ShadowShare, tokens, pages, slots);
        var bytes = (Int128)(pages + shadow.Pages) * model.PageBytes + (Int128)(slots + shadow.Slots) * model.SlotBytes;
        return bytes <= memoryLimit ? shadow : shadow with { Tokens = 0 };
    }

    private static void CheckMemory(EngineOptions options, EngineModel model, long memoryLimit, int pages, int draftSlots)
    {
        var cacheBytes = (Int128)pages * model.PageBytes;
        var slots = options.MaxSequences + draftSlots;
        var stateBytes = (Int128)slots * model.SlotBytes;
        var forDrafts = draftSlots == 0 ? "" : $" and {draftSlots} for drafts";
        Require(cacheBytes + stateBytes <= memoryLimit,
            $"The KV cache needs {cacheBytes} bytes ({pages} pages of {model.PageBytes}) and the states need {stateBytes} bytes ({options.MaxSequences} " +
            $"sequences of {model.SlotBytes}{forDrafts}), together {cacheBytes + stateBytes}, but only {memoryLimit} bytes may be taken. " +
            "Lower Pages, KvCacheBytes, MaxSequences or MaxDraftTokens, or raise MemoryLimitBytes if the machine has more.");
    }

    /// <summary>What the container or machine allows this process, less what it holds already.</summary>
    private static long FreeMemory() =>
        Math.Max(1, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes - Environment.WorkingSet);

    private static void CheckRanges(EngineOptions options)
    {
        foreach (var property in typeof(EngineOptions).GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.GetCustomAttribute<RangeAttribute>() is not { } range || property.GetValue(options) is not { } value)
                continue;
            var found = Convert.ToInt64(value, null);
            var (low, high) = (Convert.ToInt64(range.Minimum, null), Convert.ToInt64(range.Maximum, null));
            Require(found >= low && found <= high, $"{property.Name} is {found}; it must be from {low} to {high}.");
        }

        Require(options.ShadowShare is >= 0 and <= 1, $"ShadowShare is {options.ShadowShare}; it must be from 0 to 1.");
        Require(options.PrefixCacheBytes is null or >= 0, $"PrefixCacheBytes is {options.PrefixCacheBytes}; it must be at least 0.");
        Require(options.CheckpointBytes is null or >= 0, $"CheckpointBytes is {options.CheckpointBytes}; it must be at least 0.");
        Require(options.MemoryLimitBytes is null or > 0, $"MemoryLimitBytes is {options.MemoryLimitBytes}; it must be at least 1.");
    }

    private static void Require(bool holds, string message)
    {
        if (!holds)
            throw new EngineOptionsException(message);
    }
}
