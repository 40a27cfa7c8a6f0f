namespace Platform.Model;

/// <summary>How each architecture is spelt in <c>config.json</c>.</summary>
internal static class ArchitectureNames
{
    private static readonly (Architecture Architecture, string ClassName, string ModelType, string TextModelType)[] Table =
    [
        (Architecture.DenseConditionalGeneration, "Qwen3_5ForConditionalGeneration", "qwen3_5", "qwen3_5_text"),
        (Architecture.MoeConditionalGeneration, "Qwen3_5MoeForConditionalGeneration", "qwen3_5_moe", "qwen3_5_moe_text"),
        (Architecture.DenseCausal, "Qwen3_5ForCausalLM", "qwen3_5_text", "qwen3_5_text"),
        (Architecture.MoeCausal, "Qwen3_5MoeForCausalLM", "qwen3_5_moe_text", "qwen3_5_moe_text"),
    ];

    public static string AllClassNames => string.Join(", ", Table.Select(row => row.ClassName));

    public static string ClassName(this Architecture architecture) => Row(architecture).ClassName;

    public static string ModelType(this Architecture architecture) => Row(architecture).ModelType;

    public static string TextModelType(this Architecture architecture) => Row(architecture).TextModelType;

    public static bool IsNested(this Architecture architecture) =>
        architecture is Architecture.DenseConditionalGeneration or Architecture.MoeConditionalGeneration;

    public static bool IsMoe(this Architecture architecture) =>
        architecture is Architecture.MoeConditionalGeneration or Architecture.MoeCausal;

    /// <summary>The architecture of a class name, else (a config without <c>architectures</c>) of a root model type.</summary>
    public static Architecture? Find(string? className, string? modelType)
    {
        foreach (var row in Table)
        {
            if (className is not null ? row.ClassName == className : row.ModelType == modelType)
                return row.Architecture;
        }

        return null;
    }

    private static (Architecture Architecture, string ClassName, string ModelType, string TextModelType) Row(Architecture architecture) =>
        Table.First(row => row.Architecture == architecture);
}
