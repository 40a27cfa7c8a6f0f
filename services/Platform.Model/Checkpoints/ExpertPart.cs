namespace Platform.Model;

/// <summary>The three matrices of an expert.</summary>
public enum ExpertPart
{
    /// <summary>[I, H], passed through SiLU.</summary>
    Gate,

    /// <summary>[I, H].</summary>
    Up,

    /// <summary>[H, I].</summary>
    Down,
}
