namespace Platform.Model.Pictures;

/// <summary>How many patches a picture or clip has along time, height and width, before 2×2 patches are merged into tokens.</summary>
public readonly record struct MediaGrid(int T, int H, int W)
{
    /// <summary>Rows of pixel values.</summary>
    public int Patches => checked(T * H * W);

    /// <summary>Tokens in the prompt, when <paramref name="merge"/>² patches of one time make one.</summary>
    public int Tokens(int merge) => Patches / (merge * merge);
}
