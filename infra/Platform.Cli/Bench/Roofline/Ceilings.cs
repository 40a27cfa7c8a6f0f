namespace Platform.Cli.Bench;

/// <summary>What this machine can do at most, measured just now: bytes and operations a second.</summary>
/// <param name="ReadOneThread">Memory read by one thread, 2 MiB pages.</param>
/// <param name="ReadAllThreads">Memory read by all threads, 2 MiB pages.</param>
/// <param name="ReadSmallPages">Memory read by all threads, pages as the system gives them.</param>
/// <param name="Float32">Float32 multiply-adds, all threads.</param>
/// <param name="Int8">INT8 products with the instructions .NET has, all threads; null where it has none.</param>
/// <param name="Int8Emitted">INT8 dot products in emitted code; null where none may be emitted.</param>
/// <param name="Bf16Emitted">BF16 dot products in emitted code; null where none may be emitted.</param>
internal sealed record Ceilings(
    Samples ReadOneThread, Samples ReadAllThreads, Samples ReadSmallPages, Samples Float32, Samples? Int8, Samples? Int8Emitted, Samples? Bf16Emitted)
{
    /// <summary>All of them that this machine has, with the words and the key of reports.</summary>
    public IEnumerable<(string Name, string Key, string Unit, Samples Values)> All()
    {
        yield return ("read, 1 thread", "read_one_thread_bytes_per_second", "GB/s", ReadOneThread);
        yield return ("read, all threads", "read_all_threads_bytes_per_second", "GB/s", ReadAllThreads);
        yield return ("read, all threads, small pages", "read_small_pages_bytes_per_second", "GB/s", ReadSmallPages);
        yield return ("float32 multiply-add", "float32_operations_per_second", "GOP/s", Float32);
        if (Int8 is not null)
            yield return ("INT8 products, .NET's instructions", "int8_operations_per_second", "GOP/s", Int8);
        if (Int8Emitted is not null)
            yield return ("INT8 dot products, emitted", "int8_emitted_operations_per_second", "GOP/s", Int8Emitted);
        if (Bf16Emitted is not null)
            yield return ("BF16 dot products, emitted", "bf16_emitted_operations_per_second", "GOP/s", Bf16Emitted);
    }
}
