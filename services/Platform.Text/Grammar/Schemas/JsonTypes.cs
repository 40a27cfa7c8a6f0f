namespace Platform.Text.Grammar;

/// <summary>The types of JSON values that a schema allows.</summary>
[Flags]
internal enum JsonTypes
{
    None = 0,
    Null = 1,
    Boolean = 2,
    Object = 4,
    Array = 8,
    String = 16,
    Integer = 32,

    /// <summary>Numbers that are not whole; with <see cref="Integer"/>, all numbers.</summary>
    Fraction = 64,
    Number = Integer | Fraction,
    All = 127,
}
