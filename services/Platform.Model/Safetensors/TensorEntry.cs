namespace Platform.Model;

/// <summary>Where a tensor lies in a safetensors file, checked against the file's length.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major; empty for a scalar.</param>
/// <param name="ByteOffset">First byte, from the start of the file.</param>
/// <param name="ByteLength">Element count times element size.</param>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long ByteOffset, long ByteLength)
{
    /// <summary>Product of the shape; 1 for a scalar.</summary>
    public long ElementCount => ByteLength / Type.ElementBytes();

    /// <summary>The shape as text, "[2, 3]".</summary>
    public string ShapeText => TensorShape.Text(Shape);
}
