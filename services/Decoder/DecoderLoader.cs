using Platform.Contracts.Decoding;
using Platform.Contracts.Tokenization;
using Platform.Engine;
using Platform.Model;
using Platform.Text;
using Platform.Text.Chat;

namespace Platform.Decoder;

/// <summary>Loads a checkpoint into an engine.</summary>
internal static class DecoderLoader
{
    /// <exception cref="CheckpointException">The checkpoint does not fit its config.</exception>
    /// <exception cref="ChatTemplateException">Its chat template is unknown and none is assumed.</exception>
    /// <exception cref="InvalidOperationException">Its tokenizer has more ids than the model has rows.</exception>
    public static ServedDecoder Load(DecoderOptions options, Tokenizer tokenizer, TimeProvider time, IProgress<DecoderProgress>? progress)
    {
        var template = ChatTemplates.Recognise(options.CheckpointDirectory, options.AssumeTemplate);
        progress?.Report(new DecoderProgress("Checking the checkpoint"));
        using var checkpoint = Checkpoint.Open(options.CheckpointDirectory);
        RequireRows(checkpoint.Config, tokenizer);
        var limits = options.Engine with { SampleableIds = tokenizer.IdCount };
        var plan = MemoryPlan.Of(checkpoint, options.Model, limits, MachineMemory.Read(), Beside(options, checkpoint));
        progress?.Report(new DecoderProgress("Checking the checkpoint", Memory: plan));
        var model = TextModel.Load(checkpoint, options.Model, progress is null ? null : new WeightProgress(progress));
        try
        {
            var engine = new InferenceEngine(model, limits with { MemoryLimitBytes = plan.CacheBytes }, time);
            var generation = GenerationConfig.Load(options.CheckpointDirectory);
            var stopIds = StopIds.Of(options.CheckpointDirectory, checkpoint.Config, generation, tokenizer);
            return new ServedDecoder(
                engine,
                model,
                tokenizer,
                Describe(options, checkpoint.Config, generation, engine, template, tokenizer),
                stopIds,
                MediaShape.Of(checkpoint.Config),
                new AnswerGrammars(tokenizer, stopIds, options));
        }
        catch
        {
            model.Dispose();
            throw;
        }
    }

    private static IReadOnlyList<MemoryLine> Beside(DecoderOptions options, Checkpoint checkpoint) => options.VisionBeside && checkpoint.HasVision
        ? [new("vision tower", checkpoint.Tensors.Where(tensor => tensor.Name.StartsWith("model.visual.", StringComparison.Ordinal))
            .Sum(tensor => tensor.ElementCount * sizeof(float)), "float32, without its rows")]
        : [];

    private static void RequireRows(ModelConfig config, Tokenizer tokenizer)
    {
        if (tokenizer.IdCount > config.Text.VocabSize)
        {
            throw new InvalidOperationException(
                $"The tokenizer has {tokenizer.IdCount} ids but the model only {config.Text.VocabSize} rows: they are of different checkpoints. " +
                "Take the tokenizer files from where the weights come from.");
        }
    }

    private static DecoderDescription Describe(
        DecoderOptions options,
        ModelConfig config,
        GenerationConfig generation,
        InferenceEngine engine,
        ChatTemplate template,
        Tokenizer tokenizer) => new()
        {
            AppId = options.AppId,
            Model = options.ModelName,
            NumericsId = engine.NumericsId,
            MaxContext = engine.MaxContext,
            Vision = config.Vision is not null,
            Defaults = Defaults(generation),
            DefaultReasoningMode = template == ChatTemplate.Qwen35Small ? ReasoningMode.Fast : ReasoningMode.Thinking,
            Created = Created(options.CheckpointDirectory),
            IdCount = tokenizer.IdCount,
        };

    private static GenerationDefaults Defaults(GenerationConfig generation) => new()
    {
        Temperature = generation.DoSample == false ? 0 : (float)(generation.Temperature ?? 1),
        TopP = (float)(generation.TopP ?? 1),
        TopK = Math.Max(0, generation.TopK ?? 0),
        MinP = (float)(generation.MinP ?? 0),
        PresencePenalty = (float)(generation.PresencePenalty ?? 0),
        RepetitionPenalty = (float)(generation.RepetitionPenalty ?? 1),
    };

    private static long Created(string directory) =>
        new DateTimeOffset(File.GetLastWriteTimeUtc(Path.Combine(directory, "config.json"))).ToUnixTimeSeconds();

    private sealed class WeightProgress(IProgress<DecoderProgress> progress) : IProgress<LoadProgress>
    {
        public void Report(LoadProgress value) =>
            progress.Report(new DecoderProgress(What(value.Stage), value.DoneBytes, value.TotalBytes, value.Note));

        private static string What(LoadStage stage) => stage switch
        {
            LoadStage.Mapping => "Mapping packed weights",
            LoadStage.Writing => "Keeping packed weights for the next start",
            _ => "Packing weights",
        };
    }
}
