namespace Platform.Model;

/// <summary>A tensor to be written.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">Element type.</param>
/// <param name="Shape">Dimensions, row-major.</param>
public sealed record TensorDeclaration(string Name, TensorType Type, IReadOnlyList<long> Shape)
{
    public long ElementCount => TensorShape.ElementCount(Shape)
        ?? throw new ArgumentException($"'{Name}' has shape {TensorShape.Text(Shape)}, which has a negative dimension or 2^63 elements and more.");

    public long ByteLength => checked(ElementCount * Type.ElementBytes());
}
