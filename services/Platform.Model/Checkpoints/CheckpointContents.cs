namespace Platform.Model;

/// <summary>Matches a checkpoint's files against what its config calls for, and reports everything that does not fit.</summary>
internal sealed class CheckpointContents
{
    private const string ScaleSuffix = "_scale_inv";
    private const string FilePrefix = "model.language_model.";
    private const string TextPrefix = "model.";
    private const int MostProblems = 100;
    private const string Refetch = "The download is incomplete or mixes two releases; fetch the checkpoint again.";

    private readonly ModelConfig _config;
    private readonly Dictionary<string, (SafetensorsFile File, TensorEntry Entry)> _found = new(StringComparer.Ordinal);
    private readonly Dictionary<string, CheckpointTensor> _matched = new(StringComparer.Ordinal);
    private readonly HashSet<string> _prefixesWithSingleExperts = new(StringComparer.Ordinal);
    private readonly List<CheckpointProblem> _problems = [];

    private CheckpointContents(ModelConfig config)
    {
        _config = config;
    }

    /// <summary>By canonical name.</summary>
    public Dictionary<string, CheckpointTensor> Tensors => _matched;

    public bool HasMtp { get; private set; }

    /// <exception cref="CheckpointException">Lists what is missing, extra, misshapen, of the wrong type or without scales.</exception>
    public static CheckpointContents Match(ModelConfig config, CheckpointFiles files, CheckpointOptions options)
    {
        var contents = new CheckpointContents(config);
        contents.Collect(files, options);

        // Fine-tunes saved by other tools announce the head in their config but lose its weights; half a head is an error all the same.
        contents.HasMtp = config.Text.MtpNumHiddenLayers > 0 && contents._found.Keys.Any(IsMtp);
        var layout = CheckpointLayout.Of(config, contents.HasMtp);
        foreach (var spec in layout.Tensors)
            contents.Take(spec);
        foreach (var experts in layout.Experts)
            contents.TakeExperts(experts);
        contents.ReportExtras();
        if (contents._problems.Count > 0)
            throw new CheckpointException(contents._problems);
        return contents;
    }

    private static bool IsMtp(string name) => name.StartsWith("mtp.", StringComparison.Ordinal);

    private void Collect(CheckpointFiles files, CheckpointOptions options)
    {
        foreach (var (file, entry) in files.Tensors)
        {
            var name = Canonical(entry.Name);
            if (options.TextOnly && name.StartsWith("model.visual.", StringComparison.Ordinal))
                continue;
            if (options.WithoutMtp && IsMtp(name))
                continue;
            NoteSingleExpert(name);
            if (!_found.TryAdd(name, (file, entry)))
                Report(CheckpointProblemKind.Duplicate, name, "two tensors of this name (with and without language_model)", "one", Refetch);
        }
    }

    private void NoteSingleExpert(string name)
    {
        const string Middle = ".experts.";
        var at = name.IndexOf(Middle, StringComparison.Ordinal);
        if (at >= 0 && name.Length > at + Middle.Length && char.IsAsciiDigit(name[at + Middle.Length]))
            _prefixesWithSingleExperts.Add(name[..at]);
    }

    private static string Canonical(string name) =>
        name.StartsWith(FilePrefix, StringComparison.Ordinal) ? string.Concat(TextPrefix, name.AsSpan(FilePrefix.Length)) : name;

    private void TakeExperts(ExpertSpec experts)
    {
        TakeExperts(experts, experts.FusedGateUp, [ExpertPart.Gate, ExpertPart.Up]);
        TakeExperts(experts, experts.FusedDown, [ExpertPart.Down]);
    }

    private void TakeExperts(ExpertSpec experts, TensorSpec fused, ReadOnlySpan<ExpertPart> parts)
    {
        var isFused = _found.ContainsKey(fused.Name);
        if (isFused)
            Take(fused);

        // None at all: one line for the layer, not one for each of hundreds of experts.
        var isSingle = _prefixesWithSingleExperts.Contains(experts.MlpPrefix);
        if (!isSingle && !isFused)
            Report(CheckpointProblemKind.Missing, fused.Name, "neither this tensor nor one per expert", $"{TensorShape.Text(fused.Shape)}, or {experts.Experts} experts one by one", Refetch);
        if (!isSingle || isFused)
            return;
        for (var expert = 0; expert < experts.Experts; expert++)
        {
            foreach (var part in parts)
                Take(experts.Single(expert, part));
        }
    }

    private void Take(TensorSpec spec)
    {
        if (!_found.Remove(spec.Name, out var found))
        {
            var visual = spec.Name.StartsWith("model.visual.", StringComparison.Ordinal);
            Report(CheckpointProblemKind.Missing, spec.Name, "no such tensor", TensorShape.Text(spec.Shape), visual ? $"{Refetch} To serve text alone, open it text-only." : Refetch);
            return;
        }

        var scales = TakeScales(spec, found.Entry);
        if (!found.Entry.Shape.SequenceEqual(spec.Shape))
            Report(CheckpointProblemKind.Shape, spec.Name, $"shape {found.Entry.ShapeText}", TensorShape.Text(spec.Shape), "The weights and config.json are probably from different releases; fetch both again from one.");
        else if (CheckType(spec, found.Entry))
            _matched[spec.Name] = new CheckpointTensor(spec.Name, found.File, found.Entry, scales);
    }

    private bool CheckType(TensorSpec spec, TensorEntry entry)
    {
        if (entry.Type is TensorType.F32 or TensorType.F16 or TensorType.BF16)
            return true;
        if (entry.Type == TensorType.F8E4M3 && spec.MayBeQuantized)
            return true;
        Report(
            CheckpointProblemKind.Type,
            spec.Name,
            entry.Type.HeaderName(),
            spec.MayBeQuantized ? "F32, F16, BF16, or F8_E4M3 with scales" : "F32, F16 or BF16",
            "Use the BF16 or the block-FP8 release of this model.");
        return false;
    }

    private BlockScales? TakeScales(TensorSpec spec, TensorEntry weight)
    {
        var name = spec.Name + ScaleSuffix;
        var present = _found.Remove(name, out var found);
        if (weight.Type != TensorType.F8E4M3)
        {
            if (present)
                Report(CheckpointProblemKind.Extra, name, $"scales of a weight stored as {weight.Type.HeaderName()}", "scales beside F8_E4M3 weights only", Refetch);
            return null;
        }

        if (!spec.MayBeQuantized || weight.Shape.Count != 2)
            return null;
        if (_config.Quantization is not { } quantization)
        {
            Report(CheckpointProblemKind.Type, spec.Name, "F8_E4M3", "a quantization_config in config.json that gives the block size", Refetch);
            return null;
        }

        if (!present)
        {
            Report(CheckpointProblemKind.MissingScale, spec.Name, "an FP8 weight without scales", $"a tensor {name}", Refetch);
            return null;
        }

        return ReadScales(name, found.File, found.Entry, weight, quantization);
    }

    private BlockScales? ReadScales(string name, SafetensorsFile file, TensorEntry entry, TensorEntry weight, QuantizationConfig quantization)
    {
        long[] needed =
        [
            BlockScales.BlockCount(weight.Shape[0], quantization.BlockRows),
            BlockScales.BlockCount(weight.Shape[1], quantization.BlockColumns),
        ];
        if (!entry.Shape.SequenceEqual(needed))
        {
            Report(CheckpointProblemKind.Shape, name, $"shape {entry.ShapeText}", $"{TensorShape.Text(needed)}, one per block of {quantization.BlockRows} x {quantization.BlockColumns}", Refetch);
            return null;
        }

        if (entry.Type is not (TensorType.BF16 or TensorType.F32))
        {
            Report(CheckpointProblemKind.Type, name, entry.Type.HeaderName(), "BF16 or F32", Refetch);
            return null;
        }

        var scales = file.ReadFloats(entry.Name);
        var bad = Array.FindIndex(scales, scale => !(scale >= 0 && float.IsFinite(scale)));
        if (bad >= 0)
            Report(CheckpointProblemKind.Scale, name, $"{scales[bad]} at block {bad / needed[1]}, {bad % needed[1]}", "a finite number that is not negative", "The file is damaged; fetch it again.");
        return new BlockScales(scales, weight.Shape[1], quantization);
    }

    private void ReportExtras()
    {
        foreach (var name in _found.Keys.Order(StringComparer.Ordinal))
        {
            var entry = _found[name].Entry;
            var cure = IsMtp(name) && _config.Text.MtpNumHiddenLayers == 0
                ? "config.json says mtp_num_hidden_layers 0: correct it, or open the checkpoint without its draft head."
                : "The weights and config.json are probably from different releases; fetch both again from one.";
            Report(CheckpointProblemKind.Extra, name, $"{entry.Type.HeaderName()} {entry.ShapeText} in {Path.GetFileName(_found[name].File.Path)}", "no such tensor, by config.json", cure);
        }
    }

    private void Report(CheckpointProblemKind kind, string subject, string found, string needed, string cure)
    {
        if (_problems.Count < MostProblems)
            _problems.Add(new CheckpointProblem(kind, subject, found, needed, cure));
    }
}
