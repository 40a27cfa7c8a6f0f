namespace Platform.Model;

/// <summary>Sizes and spellings of <see cref="TensorType"/>.</summary>
public static class TensorTypes
{
    private static readonly (TensorType Type, string Name, int Bytes)[] Table =
    [
        (TensorType.Bool, "BOOL", 1),
        (TensorType.U8, "U8", 1),
        (TensorType.I8, "I8", 1),
        (TensorType.F8E4M3, "F8_E4M3", 1),
        (TensorType.F8E5M2, "F8_E5M2", 1),
        (TensorType.I16, "I16", 2),
        (TensorType.U16, "U16", 2),
        (TensorType.F16, "F16", 2),
        (TensorType.BF16, "BF16", 2),
        (TensorType.I32, "I32", 4),
        (TensorType.U32, "U32", 4),
        (TensorType.F32, "F32", 4),
        (TensorType.I64, "I64", 8),
        (TensorType.U64, "U64", 8),
        (TensorType.F64, "F64", 8),
    ];

    /// <summary>Bytes of one element.</summary>
    public static int ElementBytes(this TensorType type) => Table[(int)type].Bytes;

    /// <summary>The name in the file's header, such as "BF16".</summary>
    public static string HeaderName(this TensorType type) => Table[(int)type].Name;

    internal static TensorType? Find(string? headerName)
    {
        foreach (var row in Table)
        {
            if (row.Name == headerName)
                return row.Type;
        }

        return null;
    }
}
