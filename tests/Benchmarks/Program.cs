using Benchmarks;
using Benchmarks.Peers;

// One line per benchmark: its name on the command line and what it measures.
var benchmarks = new Dictionary<string, (string Measures, Action<string[]> Run)>
{
    ["attention"] = ("attention over a long paged cache in each format", AttentionBenchmark.Run),
    ["drafts"] = ("what drafting costs and brings at a stated acceptance: --data FOLDER [--shape 0.8b] [--weights int8] [--batch 1]", DraftBenchmark.Run),
    ["delta"] = ("the gated delta rule, in the cache and from memory", DeltaBenchmark.Run),
    ["grammar"] = ("what a token of a constrained answer costs: median, p99, allocations", GrammarBenchmark.Run),
    ["kernels"] = ("matrix products against their plain form", KernelBenchmark.Run),
    ["load"] = ("loading a checkpoint: FOLDER [threads]", LoadBenchmark.Run),
    ["products"] = ("matrix products in every storage and tier, in turns, beside the memory's read bandwidth", ProductBenchmark.Run),
    ["sampler"] = ("choosing a token from a row of 248,320 logits, against the plain sampler", SamplerBenchmark.Run),
    ["gguf"] = ("writes a checkpoint as GGUF, so that other engines run on equal weights: --shape NAME|FOLDER --data FOLDER --out FILE", GgufExport.Run),
    ["peers"] = ($"paired rounds with other engines: {PeerComparison.Usage}", PeerComparison.Run),
    [OurStart.Name] = ("loads a shape, computes one token and ends: what peers' start runs", OurStart.Run),
    ["tokenizer"] = ("encoding speed over kinds of text, sizes n, 2n, 4n, and threads", TokenizerBenchmark.Run),
};

if (args.Length > 0 && benchmarks.TryGetValue(args[0], out var chosen))
{
    Machine.Print();
    chosen.Run(args[1..]);
    return 0;
}

Console.WriteLine("Usage: dotnet run -c Release --project tests/Benchmarks -- NAME [options]");
foreach (var (name, benchmark) in benchmarks)
    Console.WriteLine($"  {name,-16} {benchmark.Measures}");
return args.Length == 0 ? 0 : 2;
