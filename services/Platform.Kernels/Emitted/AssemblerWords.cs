namespace Platform.Kernels.Emitted;

/// <summary>The instructions of INT8 attention.</summary>
internal sealed partial class Assembler
{
    /// <summary>32 signed bytes at the address, widened to 16 bits.</summary>
    public void Vpmovsxbw(Zmm dst, Address source) => Memory(Map0F38, Prefix66, 0x20, dst, None, source, HalfBytes);

    /// <summary>sum ← sum + Σ₂ signed 16-bit · signed 16-bit, per 32-bit lane, without saturation.</summary>
    public void Vpdpwssd(Zmm sum, Zmm a, Zmm b) => Registers(Map0F38, Prefix66, 0x52, sum, a, b);
}
