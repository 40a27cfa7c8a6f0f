using Platform.Model;

namespace Platform.Engine.Tests;

/// <summary>The dense golden checkpoint.</summary>
public class TinyDenseModels : LawModels
{
    public override IReadOnlyList<int> CutEverywhere => [1, 63, 64, 65, 300];

    internal override ComputeFormat Format => ComputeFormat.F32;

    protected override int PromptIds => 200;

    protected override string FindCheckpoint() => Repository.Golden("tiny-dense");
}

/// <summary>The dense golden checkpoint, keys and values in INT8.</summary>
public sealed class TinyDenseInt8CacheModels : TinyDenseModels
{
    public override IReadOnlyList<int> CutEverywhere => [1, 63, 64, 65];

    internal override KvFormat Kv => KvFormat.Int8;
}

/// <summary>The mixture-of-experts golden checkpoint.</summary>
public class TinyMoeModels : LawModels
{
    internal override ComputeFormat Format => ComputeFormat.F32;

    protected override int PromptIds => 200;

    protected override string FindCheckpoint() => Repository.Golden("tiny-moe");
}

/// <summary>The mixture-of-experts golden checkpoint, keys and values in BF16 and the rest in float32.</summary>
public sealed class TinyMoeBf16CacheModels : TinyMoeModels
{
    public override IReadOnlyList<int> CutEverywhere => [1, 64];

    internal override KvFormat Kv => KvFormat.BF16;
}

/// <summary>The mixture-of-experts golden checkpoint, computed in BF16.</summary>
public sealed class TinyMoeBf16Models : LawModels
{
    internal override ComputeFormat Format => ComputeFormat.BF16;

    protected override int PromptIds => 200;

    protected override string FindCheckpoint() => Repository.Golden("tiny-moe");
}

/// <summary>The dense golden checkpoint with its matrices in INT8.</summary>
public sealed class TinyDenseInt8Models : LawModels
{
    internal override ComputeFormat Format => ComputeFormat.F32;

    internal override WeightPacking Weights => WeightPacking.Int8;

    protected override int PromptIds => 200;

    protected override string FindCheckpoint() => Repository.Golden("tiny-dense");
}

/// <summary>The mixture-of-experts golden checkpoint with its matrices in INT4 and the rest in BF16.</summary>
public sealed class TinyMoeInt4Models : LawModels
{
    internal override ComputeFormat Format => ComputeFormat.BF16;

    internal override WeightPacking Weights => WeightPacking.Int4;

    protected override int PromptIds => 200;

    protected override string FindCheckpoint() => Repository.Golden("tiny-moe");
}

/// <summary>Four layers (three linear, one full attention) of the 0.8B shape with the tiny vocabulary and random weights.</summary>
public class FourLayersOfSmallestReleaseModels : LawModels
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("law-one-");

    public override IReadOnlyList<int> CutEverywhere => [1, 65];

    public override int CutsOfLongPrompts => 3;

    internal override ComputeFormat Format => ComputeFormat.F32;

    protected override int PromptIds => 8000;

    protected override string FindCheckpoint()
    {
        var shape = ReleasedShapes.Get("0.8b").WithLayers(4);
        var config = shape with
        {
            Architecture = Architecture.DenseCausal,
            Vision = null,
            ImageTokenId = null,
            VideoTokenId = null,
            VisionStartTokenId = null,
            VisionEndTokenId = null,
            Text = shape.Text with { VocabSize = 8192, EosTokenIds = [8000], MtpNumHiddenLayers = 0 },
        };
        var path = Path.Combine(_folder.FullName, "checkpoint");
        RandomCheckpoint.Write(path, config, new RandomCheckpointOptions { WithoutTokenizer = true });
        return path;
    }

    public override void Dispose()
    {
        base.Dispose();
        _folder.Delete(recursive: true);
        GC.SuppressFinalize(this);
    }
}

/// <summary>The same four layers, computed in BF16.</summary>
public sealed class FourLayersOfSmallestReleaseBf16Models : FourLayersOfSmallestReleaseModels
{
    internal override ComputeFormat Format => ComputeFormat.BF16;
}
