namespace Platform.Text.Output;

/// <summary>What a parameter's schema allows. None means a string.</summary>
[Flags]
internal enum ParameterTypes
{
    None = 0,
    String = 1,
    Null = 2,
    Boolean = 4,
    Number = 8,

    /// <summary>An object or array: JSON, or else a Python literal.</summary>
    Structure = 16,

    /// <summary>The schema names no type: an object or array if the text is JSON of one, else a string.</summary>
    Untyped = 32,
}
