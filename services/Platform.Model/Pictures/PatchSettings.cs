using System.Globalization;

namespace Platform.Model.Pictures;

/// <summary>What the picture and the video processor have in common: patch sizes, bounds on area, normalisation.</summary>
public abstract record PatchSettings
{
    private protected const long MostPixels = 1L << 32;

    /// <summary>Side of a patch in pixels.</summary>
    public int PatchSize { get; init; } = 16;

    /// <summary>Frames in a patch.</summary>
    public int TemporalPatchSize { get; init; } = 2;

    /// <summary>Side, in patches, of the block that becomes one token.</summary>
    public int MergeSize { get; init; } = 2;

    /// <summary>Smallest area after resizing, over all frames.</summary>
    public abstract long MinPixels { get; init; }

    /// <summary>Largest area after resizing, over all frames.</summary>
    public abstract long MaxPixels { get; init; }

    /// <summary>Mean of red, green and blue, on samples scaled to [0, 1].</summary>
    public IReadOnlyList<double> Mean { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>Standard deviation of red, green and blue, on samples scaled to [0, 1].</summary>
    public IReadOnlyList<double> Std { get; init; } = [0.5, 0.5, 0.5];

    /// <summary>Both sides of a resized picture are multiples of this.</summary>
    public int Factor => PatchSize * MergeSize;

    /// <summary>Values in a row of patches.</summary>
    public int PatchValues => 3 * TemporalPatchSize * PatchSize * PatchSize;

    /// <summary>Names everything that decides the numbers: equal ids turn equal pixels into equal patches. Part of a cache key.</summary>
    public string Id => string.Create(
        CultureInfo.InvariantCulture,
        $"p{PatchSize}t{TemporalPatchSize}m{MergeSize}-{MinPixels}-{MaxPixels}-{string.Join(',', Mean)}-{string.Join(',', Std)}");

    private protected static T ReadCommon<T>(ProcessorSettings settings, T released)
        where T : PatchSettings
    {
        settings.CheckSteps();
        var (min, max) = settings.PixelBounds(released.MinPixels, released.MaxPixels, MostPixels);
        return released with
        {
            PatchSize = settings.Integer("patch_size", released.PatchSize, 1, 128),
            TemporalPatchSize = settings.Integer("temporal_patch_size", released.TemporalPatchSize, 1, 16),
            MergeSize = settings.Integer("merge_size", released.MergeSize, 1, 16),
            MinPixels = min,
            MaxPixels = max,
            Mean = settings.Channels("image_mean", 0.5, -10, 10),
            Std = settings.Channels("image_std", 0.5, 1e-6, 10),
        };
    }
}
