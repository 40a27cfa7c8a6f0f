using System.Diagnostics;
using System.Text.Json;
using Platform.Text;
using Platform.Text.Grammar;

namespace Benchmarks;

/// <summary>What a constrained token costs on the engine thread: the call that gives the mask, from the first token of a new grammar on.</summary>
internal static class GrammarBenchmark
{
    private const int Answers = 40;
    private const int TokensPerAnswer = 400;

    private static readonly (string Name, GrammarRequest Request)[] Cases =
    [
        ("json_object", new GrammarRequest { Content = ContentForm.JsonObject }),
        ("flat schema", Schema("""{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer","minimum":0,"maximum":150},"email":{"type":"string","format":"email"},"note":{"type":"string","maxLength":200}},"required":["name","age","email","note"],"additionalProperties":false}""")),
        ("nested schema", Schema("""{"$defs":{"node":{"type":"object","properties":{"id":{"type":"integer"},"label":{"type":"string"},"kind":{"enum":["a","b","c"]},"children":{"type":"array","items":{"$ref":"#/$defs/node"}}},"required":["id","label","kind","children"],"additionalProperties":false}},"$ref":"#/$defs/node"}""")),
        ("expression", new GrammarRequest { Content = ContentForm.Expression, Source = "([A-Z][a-z]{2,12} ){3,60}[0-9]{4}-[0-9]{2}" }),
        ("required call", new GrammarRequest { Calls = ToolCallForm.Required, Tools = JsonDocument.Parse("""[{"type":"function","function":{"name":"write_file","strict":true,"parameters":{"type":"object","properties":{"path":{"type":"string"},"content":{"type":"string"},"mode":{"enum":["w","a"]}},"required":["path","content","mode"]}}}]""").RootElement }),
    ];

    /// <param name="args">Path of a tokenizer.json, or nothing: the Qwen3 vocabulary if fetched, else tiny35.</param>
    public static void Run(string[] args)
    {
        var fetched = Path.Combine(Repository.Root, "tests", ".packages", "tokenizer-qwen3", "models", "tokenizer.json");
        var path = args.Length > 0 ? args[0] : File.Exists(fetched) ? fetched : Path.Combine(Repository.Root, "tests", "Parity", "goldens", "tokenizer", "tiny35", "tokenizer.json");
        var tokenizer = Tokenizer.Load(path);
        int[] stops = [.. new[] { "<|im_end|>", "<|endoftext|>" }.Select(tokenizer.AddedTokenId).OfType<int>()];
        var started = Stopwatch.GetTimestamp();
        var vocabulary = new TokenVocabulary(tokenizer, stops);
        foreach (var (_, request) in Cases)
            _ = new TokenAutomaton(CompiledGrammar.Compile(request), vocabulary);
        Console.WriteLine($"{path} ({tokenizer.IdCount:N0} ids); trees of tokens once per model: {Stopwatch.GetElapsedTime(started).TotalMilliseconds:F0} ms");
        Console.WriteLine($"Random tokens from each mask, {Answers} answers of up to {TokensPerAnswer}; microseconds per token, first pass on a new grammar and second on a warm one.");
        Console.WriteLine($"{"grammar",-15}{"compile ms",11}{"tokens",8}{"median",9}{"p99",9}{"max",10}{"| warm",9}{"p99",9}{"max",10}{"bytes/token",13}{"cache MiB",11}");
        foreach (var (name, request) in Cases)
            Measure(name, request, vocabulary);
    }

    private static void Measure(string name, GrammarRequest request, TokenVocabulary vocabulary)
    {
        var started = Stopwatch.GetTimestamp();
        var grammar = CompiledGrammar.Compile(request);
        var compile = Stopwatch.GetElapsedTime(started);
        var automaton = new TokenAutomaton(grammar, vocabulary);
        var (first, _) = Pass(automaton);
        var (second, allocated) = Pass(automaton);
        Console.WriteLine(
            $"{name,-15}{compile.TotalMilliseconds,11:F1}{first.Count,8}{At(first, 0.5),9:F1}{At(first, 0.99),9:F1}{first[^1],10:F0}" +
            $"{At(second, 0.5),9:F1}{At(second, 0.99),9:F1}{second[^1],10:F0}{(double)allocated / second.Count,13:F0}{automaton.CachedBytes / 1048576.0,11:F1}");
    }

    private static (List<double> Microseconds, long Allocated) Pass(TokenAutomaton automaton)
    {
        var random = new Random(1);
        var times = new List<double>(Answers * TokensPerAnswer);
        var said = new int[TokensPerAnswer];
        long allocated = 0;
        for (int answer = 0; answer < Answers; answer++)
        {
            var guide = new GrammarGuide(automaton, startsInReasoning: false);
            for (int length = 0; length < TokensPerAnswer; length++)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                long started = Stopwatch.GetTimestamp();
                var next = guide.Next(said.AsSpan(0, length));
                times.Add(Stopwatch.GetElapsedTime(started).TotalMicroseconds);
                allocated += GC.GetAllocatedBytesForCurrentThread() - before;
                if (!Choose(next, automaton, random, out said[length]))
                    break;
            }
        }

        times.Sort();
        return (times, allocated);
    }

    // Any allowed token, but the end only where nothing else is.
    private static bool Choose(NextTokens next, TokenAutomaton automaton, Random random, out int id)
    {
        id = next.Only ?? -1;
        if (next.Mask is { } mask)
        {
            int start = random.Next(automaton.Vocabulary.IdCount);
            for (int i = 0; i < automaton.Vocabulary.IdCount && (id < 0 || automaton.Vocabulary.IsStop(id)); i++)
            {
                int at = (start + i) % automaton.Vocabulary.IdCount;
                if ((mask[at >> 6] >> (at & 63) & 1) != 0)
                    id = at;
            }
        }

        return !automaton.Vocabulary.IsStop(id);
    }

    private static double At(List<double> sorted, double share) => sorted[Math.Min(sorted.Count - 1, (int)(sorted.Count * share))];

    private static GrammarRequest Schema(string schema) => new() { Content = ContentForm.JsonSchema, Source = schema };
}
