namespace Platform.Cli.Bench;

/// <summary>What this machine can do at most, measured just now: medians. Bytes and operations a second.</summary>
/// <param name="ReadOneThread">Memory read by one thread, 2 MiB pages.</param>
/// <param name="ReadAllThreads">Memory read by all threads, 2 MiB pages.</param>
/// <param name="ReadSmallPages">Memory read by all threads, pages as the system gives them.</param>
/// <param name="Float32">Float32 multiply-adds, all threads.</param>
/// <param name="Int8">INT8 products with the instructions .NET has, all threads; null where it has none.</param>
internal sealed record Ceilings(Samples ReadOneThread, Samples ReadAllThreads, Samples ReadSmallPages, Samples Float32, Samples? Int8);
