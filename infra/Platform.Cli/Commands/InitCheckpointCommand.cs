using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Platform.Model;
using Spectre.Console;

namespace Platform.Cli.Commands;

/// <summary><c>platform init-checkpoint DIR</c>: a checkpoint of random weights, of a released shape or a tiny one.</summary>
internal static class InitCheckpointCommand
{
    private const string NoVocabulary = "none";

    public static Command Create()
    {
        var directory = new Argument<string>("DIR") { Description = "The folder to write; must be empty or absent." };
        var shape = new Option<string>("--shape")
        {
            Description = $"The model's shape: {string.Join(", ", ReleasedShapes.Names)}.",
            DefaultValueFactory = _ => "tiny-moe",
        };
        var vocabulary = new Option<string>("--vocab")
        {
            Description = $"{string.Join(", ", BundledVocabulary.All.Select(bundled => bundled.Name))} (bundled), a folder with tokenizer files, or {NoVocabulary}: no tokenizer.",
            DefaultValueFactory = _ => BundledVocabulary.Tiny35.Name,
        };
        var seed = new Option<ulong>("--seed") { Description = "The same seed gives the same bytes on every machine.", DefaultValueFactory = _ => 1, CustomParser = Seed };
        var layers = new Option<int?>("--layers") { Description = "Another number of decoder layers than the shape has.", CustomParser = Layers };
        var dtype = new Option<string>("--dtype") { Description = "bf16, f32 or fp8 (128 x 128 blocks).", DefaultValueFactory = _ => "bf16" };
        dtype.AcceptOnlyFromAmong("bf16", "f32", "fp8");
        var force = new Option<bool>("--force") { Description = "Replace the checkpoint files of a folder that is not empty." };

        var command = new Command("init-checkpoint", "Writes a checkpoint of random weights, so that everything runs without a download.")
        {
            directory, shape, vocabulary, seed, layers, dtype, force,
        };
        command.SetAction((result, cancellationToken) => Task.FromResult(Run(
            result.GetRequiredValue(directory),
            new Choices(
                result.GetRequiredValue(shape),
                result.GetRequiredValue(vocabulary),
                result.GetValue(seed),
                result.GetValue(layers),
                result.GetRequiredValue(dtype),
                result.GetValue(force)),
            cancellationToken)));
        return command;
    }

    private static ulong Seed(ArgumentResult result)
    {
        if (ulong.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var seed))
            return seed;
        result.AddError($"--seed is '{result.Tokens[0].Value}'; it must be a whole number from 0 to {ulong.MaxValue}.");
        return 0;
    }

    private static int? Layers(ArgumentResult result)
    {
        if (int.TryParse(result.Tokens[0].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var layers) && layers >= 1)
            return layers;
        result.AddError($"--layers is '{result.Tokens[0].Value}'; it must be a whole number of at least 1.");
        return null;
    }

    private static int Run(string directory, Choices choices, CancellationToken cancellationToken)
    {
        try
        {
            var (config, options) = Resolve(choices);
            var summary = Write(directory, config, options, cancellationToken);
            AnsiConsole.Write(Table(directory, choices, config, summary));
            return 0;
        }
        catch (OperationCanceledException)
        {
            Say.Note("Cancelled; nothing was left behind.");
            return 130;
        }
        catch (Exception problem) when (problem is ArgumentException or CheckpointException or IOException or UnauthorizedAccessException)
        {
            Say.Problem(problem.Message);
            return 1;
        }
    }

    private static (ModelConfig Config, RandomCheckpointOptions Options) Resolve(Choices choices)
    {
        var config = ReleasedShapes.Get(choices.Shape);
        if (choices.Layers is { } layers)
            config = config.WithLayers(layers);
        var options = new RandomCheckpointOptions
        {
            Seed = choices.Seed,
            Overwrite = choices.Force,
            Format = choices.DType switch
            {
                "f32" => WeightFormat.F32,
                "fp8" => WeightFormat.Fp8,
                _ => WeightFormat.BF16,
            },
        };
        if (choices.Vocabulary == NoVocabulary)
            return (config, options with { WithoutTokenizer = true });
        if (BundledVocabulary.Find(choices.Vocabulary) is { } bundled)
            return (bundled.Apply(config), options with { Vocabulary = bundled });
        if (Directory.Exists(choices.Vocabulary))
            return (config, options with { TokenizerDirectory = choices.Vocabulary });
        throw new ArgumentException(
            $"'{choices.Vocabulary}' is neither a bundled vocabulary ({string.Join(", ", BundledVocabulary.All.Select(known => known.Name))}), a folder, nor {NoVocabulary}.");
    }

    private static RandomCheckpointSummary Write(string directory, ModelConfig config, RandomCheckpointOptions options, CancellationToken cancellationToken) =>
        AnsiConsole.Progress()
            .AutoClear(true)
            .Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new RemainingTimeColumn())
            .Start(context =>
            {
                var task = context.AddTask("Writing weights", maxValue: 1);
                return RandomCheckpoint.Write(directory, config, options, new TaskProgress(task), cancellationToken);
            });

    private static Table Table(string directory, Choices choices, ModelConfig config, RandomCheckpointSummary summary)
    {
        var table = new Table().Border(TableBorder.Rounded).HideHeaders().AddColumn("what").AddColumn("value");
        Row(table, "folder", Path.GetFullPath(directory));
        Row(table, "shape", choices.Layers is { } layers ? $"{choices.Shape} with {layers} layers" : choices.Shape);
        Row(table, "parameters", summary.Parameters.ToString("N0", CultureInfo.InvariantCulture));
        Row(table, "weights", FormattableString.Invariant($"{summary.Bytes / 1048576.0:N1} MiB {choices.DType}, {summary.Tensors} tensors in {summary.WeightFiles} file(s)"));
        Row(table, "layers", $"{config.Text.NumHiddenLayers}, {config.Text.LayerTypes.Count(kind => kind == LayerKind.FullAttention)} of them full attention");
        Row(table, "vision", config.Vision is { } vision ? $"{vision.Depth} blocks" : "none");
        Row(table, "draft head", config.Text.MtpNumHiddenLayers > 0 ? $"{config.Text.MtpNumHiddenLayers} layer" : "none");
        Row(table, "vocabulary", $"{choices.Vocabulary}, {config.Text.VocabSize} rows");
        Row(table, "context", FormattableString.Invariant($"{config.Text.MaxPositions:N0} tokens"));
        Row(table, "seed", choices.Seed.ToString(CultureInfo.InvariantCulture));
        return table;
    }

    private static void Row(Table table, string what, string value) => table.AddRow(Markup.Escape(what), Markup.Escape(value));

    private sealed record Choices(string Shape, string Vocabulary, ulong Seed, int? Layers, string DType, bool Force);

    /// <summary>Reports come from the writing thread; the bar reads the value when it redraws.</summary>
    private sealed class TaskProgress(ProgressTask task) : IProgress<double>
    {
        public void Report(double value) => task.Value = value;
    }
}
