namespace Platform.Kernels.Emitted;

/// <summary>The 512-bit instructions. "Broadcast" forms read one 32-bit element from memory and use it in every lane.</summary>
internal sealed partial class Assembler
{
    // Prefix that the opcode map and the operation share in the encoding: none, 66, F3.
    private const int Plain = 0, Prefix66 = 1, PrefixF3 = 2;
    private const int Map0F = 1, Map0F38 = 2;
    private const int VectorBytes = 64, HalfBytes = 32, ElementBytes = 4;
    private static readonly Zmm None = new(0);

    /// <summary>dst ← 16 floats.</summary>
    public void Vmovups(Zmm dst, Address source) => Memory(Map0F, Plain, 0x10, dst, None, source, VectorBytes);

    /// <summary>16 floats at the address ← src.</summary>
    public void Vmovups(Address target, Zmm src) => Memory(Map0F, Plain, 0x11, src, None, target, VectorBytes);

    /// <summary>dst ← 64 bytes.</summary>
    public void Vmovdqu32(Zmm dst, Address source) => Memory(Map0F, PrefixF3, 0x6F, dst, None, source, VectorBytes);

    /// <summary>dst ← src.</summary>
    public void Vmovdqa32(Zmm dst, Zmm src) => Registers(Map0F, Prefix66, 0x6F, dst, None, src);

    /// <summary>Every lane ← the 32-bit integer at the address.</summary>
    public void Vpbroadcastd(Zmm dst, Address source) => Memory(Map0F38, Prefix66, 0x58, dst, None, source, ElementBytes);

    /// <summary>Every lane ← the float at the address.</summary>
    public void Vbroadcastss(Zmm dst, Address source) => Memory(Map0F38, Prefix66, 0x18, dst, None, source, ElementBytes);

    /// <summary>16 unsigned 16-bit integers at the address, widened to 32 bits.</summary>
    public void Vpmovzxwd(Zmm dst, Address source) => Memory(Map0F38, Prefix66, 0x33, dst, None, source, HalfBytes);

    /// <summary>dst ← a xor b.</summary>
    public void Vpxord(Zmm dst, Zmm a, Zmm b) => Registers(Map0F, Prefix66, 0xEF, dst, a, b);

    /// <summary>dst ← a and b.</summary>
    public void Vpandd(Zmm dst, Zmm a, Zmm b) => Registers(Map0F, Prefix66, 0xDB, dst, a, b);

    /// <summary>dst ← a + b, 32-bit integers.</summary>
    public void Vpaddd(Zmm dst, Zmm a, Zmm b) => Registers(Map0F, Prefix66, 0xFE, dst, a, b);

    /// <summary>dst ← src &gt;&gt; count in each 32-bit lane, zeros in.</summary>
    public void Vpsrld(Zmm dst, Zmm src, byte count) => Shift(2, dst, src, count);

    /// <summary>dst ← src &lt;&lt; count in each 32-bit lane.</summary>
    public void Vpslld(Zmm dst, Zmm src, byte count) => Shift(6, dst, src, count);

    /// <summary>sum ← sum + Σ₄ unsigned byte · signed byte, per 32-bit lane, without saturation.</summary>
    public void Vpdpbusd(Zmm sum, Zmm unsigned, Zmm signed) => Registers(Map0F38, Prefix66, 0x50, sum, unsigned, signed);

    /// <summary>The same with four signed bytes, broadcast.</summary>
    public void VpdpbusdBroadcast(Zmm sum, Zmm unsigned, Address signed) => Broadcast(Map0F38, Prefix66, 0x50, sum, unsigned, signed);

    /// <summary>sum ← sum + Σ₂ bfloat16 · bfloat16, per 32-bit lane.</summary>
    public void Vdpbf16ps(Zmm sum, Zmm a, Zmm b) => Registers(Map0F38, PrefixF3, 0x52, sum, a, b);

    /// <summary>The same with a pair of bfloat16, broadcast.</summary>
    public void Vdpbf16psBroadcast(Zmm sum, Zmm a, Address pair) => Broadcast(Map0F38, PrefixF3, 0x52, sum, a, pair);

    /// <summary>dst ← float of each 32-bit integer, to the nearest.</summary>
    public void Vcvtdq2ps(Zmm dst, Zmm src) => Registers(Map0F, Plain, 0x5B, dst, None, src);

    /// <summary>dst ← a + b.</summary>
    public void Vaddps(Zmm dst, Zmm a, Zmm b) => Registers(Map0F, Plain, 0x58, dst, a, b);

    /// <summary>dst ← a + the 16 floats at the address.</summary>
    public void Vaddps(Zmm dst, Zmm a, Address b) => Memory(Map0F, Plain, 0x58, dst, a, b, VectorBytes);

    /// <summary>dst ← a · b.</summary>
    public void Vmulps(Zmm dst, Zmm a, Zmm b) => Registers(Map0F, Plain, 0x59, dst, a, b);

    /// <summary>dst ← a · the float at the address.</summary>
    public void VmulpsBroadcast(Zmm dst, Zmm a, Address b) => Broadcast(Map0F, Plain, 0x59, dst, a, b);

    /// <summary>sum ← a · b + sum, rounded once.</summary>
    public void Vfmadd231ps(Zmm sum, Zmm a, Zmm b) => Registers(Map0F38, Prefix66, 0xB8, sum, a, b);

    /// <summary>sum ← a · the float at the address + sum, rounded once.</summary>
    public void Vfmadd231psBroadcast(Zmm sum, Zmm a, Address b) => Broadcast(Map0F38, Prefix66, 0xB8, sum, a, b);

    private void Registers(int map, int prefix, byte opcode, Zmm reg, Zmm second, Zmm rm)
    {
        Evex(map, prefix, reg.Number, second.Number, rm.Number >> 4, rm.Number >> 3, broadcast: false);
        Bytes(opcode, (byte)(0xC0 | ((reg.Number & 7) << 3) | (rm.Number & 7)));
    }

    private void Memory(int map, int prefix, byte opcode, Zmm reg, Zmm second, Address address, int bytes) =>
        Memory(map, prefix, opcode, reg, second, address, bytes, broadcast: false);

    private void Broadcast(int map, int prefix, byte opcode, Zmm reg, Zmm second, Address address) =>
        Memory(map, prefix, opcode, reg, second, address, ElementBytes, broadcast: true);

    private void Memory(int map, int prefix, byte opcode, Zmm reg, Zmm second, Address address, int unit, bool broadcast)
    {
        var index = address.Index is { } register ? (int)register >> 3 : 0;
        Evex(map, prefix, reg.Number, second.Number, index, (int)address.Base >> 3, broadcast);
        Bytes(opcode);
        Operand(reg.Number, address, unit);
    }

    private void Shift(int operation, Zmm dst, Zmm src, byte count)
    {
        Evex(Map0F, Prefix66, operation, dst.Number, src.Number >> 4, src.Number >> 3, broadcast: false);
        Bytes(0x72, (byte)(0xC0 | (operation << 3) | (src.Number & 7)), count);
    }

    // The four prefix bytes of a 512-bit instruction with 32-bit elements and no mask. Register bits are stored inverted.
    private void Evex(int map, int prefix, int reg, int second, int x, int b, bool broadcast) => Bytes(
        0x62,
        (byte)((~reg >> 3 & 1) << 7 | (~x & 1) << 6 | (~b & 1) << 5 | (~reg >> 4 & 1) << 4 | map),
        (byte)((~second & 15) << 3 | 0x04 | prefix),
        (byte)(0x40 | (broadcast ? 0x10 : 0) | (~second >> 4 & 1) << 3));
}
