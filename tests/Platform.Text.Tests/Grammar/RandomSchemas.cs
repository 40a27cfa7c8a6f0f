using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Platform.Text.Grammar;

namespace Platform.Text.Tests.Grammar;

/// <summary>Whatever the schema and whatever the model says, the answer is valid, as validators say that share nothing with the grammar.</summary>
public sealed class RandomSchemas
{
    private const int Schemas = 400;
    private const int AnswersPerSchema = 3;

    private static readonly Lazy<IReadOnlyList<(string Schema, string Answer)>> LazyAnswers = new(Speak);

    [Fact]
    public void Give_valid_answers_as_a_plain_validator_says()
    {
        foreach (var (schema, answer) in LazyAnswers.Value)
        {
            var root = Grammars.Json(schema);
            Assert.True(PlainValidator.IsValid(root, root, Grammars.Json(answer)), $"{schema} does not allow {answer}");
        }

        Assert.InRange(LazyAnswers.Value.Count, Schemas * AnswersPerSchema * 8 / 10, Schemas * AnswersPerSchema);
    }

    [Fact]
    public void Give_valid_answers_as_a_library_of_another_language_says()
    {
        const string program = """
            import json, sys
            try:
                import jsonschema
            except ImportError:
                sys.exit(42)
            bad = 0
            for line in sys.stdin:
                pair = json.loads(line)
                schema = json.loads(pair["schema"])
                schema = schema if isinstance(schema, bool) else {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
                for error in jsonschema.Draft202012Validator(schema).iter_errors(json.loads(pair["answer"])):
                    bad += 1
                    print(pair["schema"], "|", pair["answer"], "|", error.message[:200])
            sys.exit(1 if bad else 0)
            """;
        var (exit, output) = Python(program);
        Assert.SkipWhen(exit is null or 42, "Wants python3 with the package jsonschema.");
        Assert.True(exit == 0, output);
    }

    private static (int? Exit, string Output) Python(string program)
    {
        var start = new ProcessStartInfo("python3", ["-c", program]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.StandardInputEncoding = new UTF8Encoding(false);
        try
        {
            using var process = Process.Start(start)!;
            var output = process.StandardOutput.ReadToEndAsync();
            try
            {
                // Multiples of fractions are left out: that library computes with binary floating point.
                foreach (var (schema, answer) in LazyAnswers.Value.Where(pair => !pair.Schema.Contains("multipleOf\":0", StringComparison.Ordinal)))
                    process.StandardInput.WriteLine(JsonSerializer.Serialize(new { schema, answer }));
                process.StandardInput.Close();
            }
            catch (IOException)
            {
                // It left without reading; its exit code says why.
            }

            process.WaitForExit();
            return (process.ExitCode, output.GetAwaiter().GetResult());
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return (null, "");
        }
    }

    private static List<(string Schema, string Answer)> Speak()
    {
        var answers = new List<(string, string)>();
        for (int seed = 0; seed < Schemas; seed++)
        {
            var random = new Random(seed);
            string schema = new SchemaMaker(random).Root().ToJsonString();
            CompiledGrammar grammar;
            try
            {
                grammar = Grammars.OfSchema(schema);
            }
            catch (GrammarException refused)
            {
                Assert.Fail($"{schema}: {refused.Message}");
                throw;
            }

            var speaker = new RandomSpeaker(new TokenAutomaton(grammar, Grammars.Tiny35), random);
            for (int i = 0; i < AnswersPerSchema; i++)
            {
                if (speaker.Speak(eager: 30, most: 1500) is { } ids)
                    answers.Add((schema, speaker.Text(ids)));
            }
        }

        return answers;
    }
}
