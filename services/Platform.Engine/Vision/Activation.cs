namespace Platform.Engine;

/// <summary>What follows a biased linear map.</summary>
internal enum Activation
{
    None,

    /// <summary>GELU in its tanh form.</summary>
    GeluTanh,

    /// <summary>GELU by the error function.</summary>
    GeluExact,
}
