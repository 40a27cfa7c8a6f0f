using System.Buffers.Binary;

namespace Platform.Kernels.Emitted;

/// <summary>
/// Writes x64 machine code: the few general instructions a loop needs (this file) and the 512-bit ones of a kernel
/// (<see cref="Vpdpbusd(Zmm, Zmm, Zmm)"/> and its neighbours). Names are the processor manuals'; destination first.
/// </summary>
internal sealed partial class Assembler
{
    private readonly List<byte> _code = [];
    private readonly List<Label> _labels = [];

    /// <summary>The code so far.</summary>
    /// <exception cref="InvalidOperationException">A jump goes to a label that was never placed.</exception>
    public byte[] ToCode()
    {
        if (_labels.Any(label => label.Position < 0))
            throw new InvalidOperationException("A jump goes to a label that was never placed.");
        return [.. _code];
    }

    /// <summary>dst ← the 64-bit value at the address.</summary>
    public void Mov(Gp dst, Address source) => General(0x8B, (int)dst, source);

    /// <summary>dst ← src.</summary>
    public void Mov(Gp dst, Gp src) => General(0x89, (int)src, dst);

    /// <summary>dst ← the address itself.</summary>
    public void Lea(Gp dst, Address address) => General(0x8D, (int)dst, address);

    /// <summary>dst ← dst + src.</summary>
    public void Add(Gp dst, Gp src) => General(0x01, (int)src, dst);

    /// <summary>dst ← dst − src.</summary>
    public void Sub(Gp dst, Gp src) => General(0x29, (int)src, dst);

    /// <summary>dst ← dst + value, signed 32 bits.</summary>
    public void Add(Gp dst, int value) => GeneralImmediate(0, dst, value);

    /// <summary>dst ← dst − value, signed 32 bits; sets the conditions.</summary>
    public void Sub(Gp dst, int value) => GeneralImmediate(5, dst, value);

    /// <summary>Compares a with b for the next jump.</summary>
    public void Cmp(Gp a, Gp b) => General(0x39, (int)b, a);

    /// <summary>Compares a with a signed 32-bit value.</summary>
    public void Cmp(Gp a, int value) => GeneralImmediate(7, a, value);

    /// <summary>Reads a cache line ahead into all levels.</summary>
    public void Prefetcht0(Address address)
    {
        var rex = 0x40 | ((int)address.Base >> 3) | (address.Index is { } index ? (int)index >> 3 << 1 : 0);
        if (rex != 0x40)
            Bytes((byte)rex);
        Bytes(0x0F, 0x18);
        Operand(1, address, 1);
    }

    /// <summary>Places a label here.</summary>
    public void Place(Label label)
    {
        if (label.Position >= 0)
            throw new InvalidOperationException("The label is already placed.");
        label.Position = _code.Count;
        foreach (var open in label.Open)
            WriteInt(open, label.Position - (open + 4));
    }

    /// <summary>Jumps when the condition holds.</summary>
    public void Jump(Condition condition, Label target)
    {
        Bytes(0x0F, (byte)(0x80 | (int)condition));
        Distance(target);
    }

    /// <summary>Jumps always.</summary>
    public void Jump(Label target)
    {
        Bytes(0xE9);
        Distance(target);
    }

    /// <summary>Leaves the function; the upper register halves are cleared first, since code with older encodings is slow otherwise.</summary>
    public void Return() => Bytes(0xC5, 0xF8, 0x77, 0xC3);

    private void General(byte opcode, int reg, Gp rm)
    {
        Bytes((byte)(0x48 | (reg >> 3 << 2) | ((int)rm >> 3)), opcode, (byte)(0xC0 | ((reg & 7) << 3) | ((int)rm & 7)));
    }

    private void General(byte opcode, int reg, Address address)
    {
        var index = address.Index is { } register ? (int)register >> 3 : 0;
        Bytes((byte)(0x48 | (reg >> 3 << 2) | (index << 1) | ((int)address.Base >> 3)), opcode);
        Operand(reg, address, 1);
    }

    private void GeneralImmediate(int operation, Gp register, int value)
    {
        Bytes((byte)(0x48 | ((int)register >> 3)), 0x81, (byte)(0xC0 | (operation << 3) | ((int)register & 7)));
        Int(value);
    }

    // ModRM, SIB and displacement. The short displacement counts in units: 1 for general instructions, the operand's size for 512-bit ones.
    private void Operand(int reg, Address address, int unit)
    {
        var field = (reg & 7) << 3;
        var shortForm = address.Displacement % unit == 0 && address.Displacement / unit is >= sbyte.MinValue and <= sbyte.MaxValue;
        var mode = shortForm ? 0x40 : 0x80;
        if (address.Index is { } index)
        {
            var scale = address.Scale switch
            {
                1 => 0x00,
                2 => 0x40,
                4 => 0x80,
                8 => 0xC0,
                _ => throw new ArgumentException($"A scale of {address.Scale} cannot be encoded; 1, 2, 4 and 8 can."),
            };
            Bytes((byte)(mode | field | 4), (byte)(scale | (((int)index & 7) << 3) | ((int)address.Base & 7)));
        }
        else
        {
            Bytes((byte)(mode | field | ((int)address.Base & 7)));
        }

        if (shortForm)
            Bytes(unchecked((byte)(address.Displacement / unit)));
        else
            Int(address.Displacement);
    }

    private void Distance(Label target)
    {
        _labels.Add(target);
        if (target.Position < 0)
            target.Open.Add(_code.Count);
        Int(target.Position < 0 ? 0 : target.Position - (_code.Count + 4));
    }

    private void Bytes(params ReadOnlySpan<byte> bytes) => _code.AddRange(bytes);

    private void Int(int value)
    {
        Bytes(0, 0, 0, 0);
        WriteInt(_code.Count - 4, value);
    }

    private void WriteInt(int position, int value) =>
        BinaryPrimitives.WriteInt32LittleEndian(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_code)[position..], value);
}
