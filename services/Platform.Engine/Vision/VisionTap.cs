namespace Platform.Engine;

/// <summary>Receives the vision tower's stages, one temporal patch after the other. The spans are valid during the call only.</summary>
public abstract class VisionTap
{
    /// <summary>A stage's rows, [patches, width].</summary>
    /// <param name="stage">patch_embed, pos_embed, rotary_angles, hidden.block0 …, merger_norm, embeds.</param>
    /// <param name="width">Values in a row.</param>
    /// <param name="values">The rows of one temporal patch.</param>
    public abstract void Stage(string stage, int width, ReadOnlySpan<float> values);
}
