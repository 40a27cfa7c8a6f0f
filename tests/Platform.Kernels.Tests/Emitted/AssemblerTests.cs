using Platform.Kernels.Emitted;

namespace Platform.Kernels.Tests;

/// <summary>Encodings are proved by running them: every instruction, over registers of both halves, against scalar results.</summary>
public sealed class AssemblerTests
{
    private const int Lanes = 16;
    private static readonly int[] Registers = [0, 5, 11, 14, 19, 23, 31];

    [Fact]
    public void Every_instruction_on_three_registers_gives_the_scalar_result_in_any_registers()
    {
        SkipWithoutInstructions();
        Check((code, dst, a, b) => code.Vpxord(dst, a, b), (_, a, b) => a ^ b);
        Check((code, dst, a, b) => code.Vpandd(dst, a, b), (_, a, b) => a & b);
        Check((code, dst, a, b) => code.Vpaddd(dst, a, b), (_, a, b) => a + b);
        Check((code, dst, a, b) => code.Vaddps(dst, a, b), (_, a, b) => Bits(Float(a) + Float(b)));
        Check((code, dst, a, b) => code.Vmulps(dst, a, b), (_, a, b) => Bits(Float(a) * Float(b)));
        Check((code, dst, a, b) => code.Vfmadd231ps(dst, a, b), (dst, a, b) => Bits(MathF.FusedMultiplyAdd(Float(a), Float(b), Float(dst))));
        Check((code, dst, a, b) => code.Vpdpbusd(dst, a, b), DotOfBytes);
        Check((code, dst, a, b) => code.Vpdpwssd(dst, a, b), (dst, a, b) => dst + (short)a * (short)b + (a >> 16) * (b >> 16));
    }

    [Fact]
    public void Every_instruction_on_two_registers_gives_the_scalar_result_in_any_registers()
    {
        SkipWithoutInstructions();
        Check((code, dst, a, _) => code.Vmovdqa32(dst, a), (_, a, _) => a);
        Check((code, dst, a, _) => code.Vcvtdq2ps(dst, a), (_, a, _) => Bits(a));
        Check((code, dst, a, _) => code.Vpsrld(dst, a, 4), (_, a, _) => a >>> 4);
        Check((code, dst, a, _) => code.Vpslld(dst, a, 16), (_, a, _) => a << 16);
    }

    [Fact]
    public void Every_memory_operand_reaches_its_bytes_by_base_index_and_displacement()
    {
        SkipWithoutInstructions();
        foreach (var place in new[] { 0, 64, 4, 128, 8128, 8132, 8192 })
        {
            CheckMemory(place, (code, dst, _, at) => code.Vmovups(dst, at), (_, _, memory, lane) => memory[lane]);
            CheckMemory(place, (code, dst, _, at) => code.Vmovdqu32(dst, at), (_, _, memory, lane) => memory[lane]);
            CheckMemory(place, (code, dst, _, at) => code.Vpbroadcastd(dst, at), (_, _, memory, _) => memory[0]);
            CheckMemory(place, (code, dst, _, at) => code.Vbroadcastss(dst, at), (_, _, memory, _) => memory[0]);
            CheckMemory(
                place, (code, dst, _, at) => code.Vpmovzxwd(dst, at), (_, _, memory, lane) => memory[lane / 2] >>> (16 * (lane % 2)) & 0xFFFF);
            CheckMemory(
                place,
                (code, dst, _, at) => code.Vpmovsxbw(dst, at),
                (_, _, memory, lane) => ((sbyte)(memory[lane / 2] >> (16 * (lane % 2))) & 0xFFFF) + ((sbyte)(memory[lane / 2] >> (16 * (lane % 2) + 8)) << 16));
            CheckMemory(place, (code, dst, a, at) => code.Vaddps(dst, a, at), (_, a, memory, lane) => Bits(Float(a) + Float(memory[lane])));
            CheckMemory(place, (code, dst, a, at) => code.VmulpsBroadcast(dst, a, at), (_, a, memory, _) => Bits(Float(a) * Float(memory[0])));
            CheckMemory(
                place,
                (code, dst, a, at) => code.Vfmadd231psBroadcast(dst, a, at),
                (dst, a, memory, _) => Bits(MathF.FusedMultiplyAdd(Float(a), Float(memory[0]), Float(dst))));
            CheckMemory(place, (code, dst, a, at) => code.VpdpbusdBroadcast(dst, a, at), (dst, a, memory, _) => DotOfBytes(dst, a, memory[0]));
        }
    }

    [Fact]
    public void The_dot_product_of_bfloat16_pairs_is_exact_where_nothing_has_to_be_rounded()
    {
        Assert.SkipUnless(EmittedSupport.Here.DotsOfBf16, "wants a processor with AVX512_BF16 and executable memory");
        var random = new Random(4);
        int Pair() => Bf16.FromFloat(random.Next(-64, 64)) | Bf16.FromFloat(random.Next(-64, 64)) << 16;
        Check((code, dst, a, b) => code.Vdpbf16ps(dst, a, b), DotOfPairs, Pair, () => Bits((float)random.Next(-1000, 1000)));
        CheckMemory(
            128, (code, dst, a, at) => code.Vdpbf16psBroadcast(dst, a, at), (dst, a, memory, _) => DotOfPairs(dst, a, memory[0]), Pair,
            () => Bits((float)random.Next(-1000, 1000)));
    }

    [Fact]
    public void Stores_loops_and_general_arithmetic_do_what_they_say()
    {
        SkipWithoutInstructions();
        // Sums rows of 16 integers. The count comes first, the rows follow and the sum goes past 4 KiB; a detour jumps over a wrong instruction.
        const int Count = 5;
        var code = new Assembler();
        var (top, past, skipped) = (new Label(), new Label(), new Label());
        code.Mov(Gp.R8, new Address(Gp.Rdi));
        code.Lea(Gp.R9, new Address(Gp.Rdi, 64));
        code.Mov(Gp.R10, Gp.Rdi);
        code.Vpxord(new Zmm(17), new Zmm(17), new Zmm(17));
        code.Mov(Gp.Rax, Gp.R8);
        code.Lea(Gp.R11, new Address(Gp.R10, 4096, Gp.Rax, 8));
        code.Place(top);
        code.Cmp(Gp.R8, 0);
        code.Jump(Condition.Zero, past);
        code.Prefetcht0(new Address(Gp.R9, 512));
        code.Vmovdqu32(new Zmm(3), new Address(Gp.R9));
        code.Jump(skipped);
        code.Vpaddd(new Zmm(17), new Zmm(17), new Zmm(17));
        code.Place(skipped);
        code.Vpaddd(new Zmm(17), new Zmm(17), new Zmm(3));
        code.Add(Gp.R9, 64);
        code.Sub(Gp.R8, 1);
        code.Cmp(Gp.R8, Gp.Rax);
        code.Jump(Condition.Less, top);
        code.Place(past);
        code.Vmovups(new Address(Gp.R11), new Zmm(17));
        code.Return();
        using var function = EmittedFunction.TryCreate(code);
        Assert.NotNull(function);
        var memory = new int[2048];
        memory[0] = Count;
        for (var i = 0; i < Count * Lanes; i++)
            memory[Lanes + i] = i * i;
        function.Call<int>(memory);
        for (var lane = 0; lane < Lanes; lane++)
            Assert.Equal(Enumerable.Range(0, Count).Sum(row => (row * Lanes + lane) * (row * Lanes + lane)), memory[1024 + 2 * Count + lane]);
    }

    [Fact]
    public void A_jump_to_nowhere_is_found_before_the_code_runs()
    {
        var code = new Assembler();
        code.Jump(new Label());
        Assert.Throws<InvalidOperationException>(code.ToCode);
    }

    private static void SkipWithoutInstructions() =>
        Assert.SkipUnless(EmittedSupport.Here.DotsOfBytes, "wants a processor with AVX512_VNNI and executable memory");

    private static void Check(Action<Assembler, Zmm, Zmm, Zmm> emit, Func<int, int, int, int> scalar, Func<int>? operand = null, Func<int>? start = null)
    {
        var random = new Random(1);
        foreach (var dst in Registers)
        {
            foreach (var a in Registers.Where(a => a != dst))
            {
                var b = Registers.First(b => b != dst && b != a);
                var values = Fill(random, operand, start);
                var code = new Assembler();
                Load(code, dst, 0);
                Load(code, a, 1);
                Load(code, b, 2);
                emit(code, new Zmm(dst), new Zmm(a), new Zmm(b));
                var result = Run(code, dst, values);
                for (var lane = 0; lane < Lanes; lane++)
                    AssertSame(scalar(values[lane], values[Lanes + lane], values[2 * Lanes + lane]), result[lane]);
            }
        }
    }

    private static void CheckMemory(
        int place, Action<Assembler, Zmm, Zmm, Address> emit, Func<int, int, int[], int, int> scalar, Func<int>? operand = null, Func<int>? start = null)
    {
        var random = new Random(2);
        foreach (var (pointer, index, scale) in new (Gp, Gp?, int)[]
                 {
                     (Gp.Rsi, null, 1), (Gp.R9, null, 1), (Gp.Rsi, Gp.Rcx, 1), (Gp.R8, Gp.R10, 2), (Gp.Rax, Gp.R11, 4), (Gp.R11, Gp.Rdx, 8),
                 })
        {
            var values = Fill(random, operand, start);
            var code = new Assembler();
            Load(code, 21, 0);
            Load(code, 6, 1);
            // base + index · scale + displacement comes to the third vector.
            code.Lea(pointer, new Address(Gp.Rdi, 2 * Lanes * 4 - place - (index is null ? 0 : 24 * scale)));
            if (index is { } register)
            {
                code.Sub(register, register);
                code.Add(register, 24);
            }

            emit(code, new Zmm(21), new Zmm(6), new Address(pointer, place, index, scale));
            var result = Run(code, 21, values);
            for (var lane = 0; lane < Lanes; lane++)
                AssertSame(scalar(values[lane], values[Lanes + lane], values[(2 * Lanes)..], lane), result[lane]);
        }
    }

    // Random bits, but numbers of a size that stays finite where they are read as floats.
    private static int[] Fill(Random random, Func<int>? operand, Func<int>? start)
    {
        var values = new int[3 * Lanes];
        for (var i = 0; i < values.Length; i++)
        {
            var any = Bits((random.NextSingle() - 0.5f) * MathF.ScaleB(1, random.Next(-8, 8)));
            values[i] = i < Lanes ? start?.Invoke() ?? any : operand?.Invoke() ?? any;
        }

        return values;
    }

    private static void Load(Assembler code, int register, int vector) => code.Vmovups(new Zmm(register), new Address(Gp.Rdi, vector * 64));

    private static int[] Run(Assembler code, int dst, int[] values)
    {
        code.Vmovups(new Address(Gp.Rdi), new Zmm(dst));
        code.Return();
        using var function = EmittedFunction.TryCreate(code);
        Assert.NotNull(function);
        var memory = values.ToArray();
        function.Call<int>(memory);
        return memory[..Lanes];
    }

    private static int DotOfBytes(int sum, int unsigned, int signed)
    {
        for (var i = 0; i < 4; i++)
            sum += (byte)(unsigned >> (8 * i)) * (sbyte)(signed >> (8 * i));
        return sum;
    }

    private static int DotOfPairs(int sum, int a, int b) => Bits(
        Float(sum) + Bf16.ToFloat((ushort)a) * Bf16.ToFloat((ushort)b) + Bf16.ToFloat((ushort)(a >>> 16)) * Bf16.ToFloat((ushort)(b >>> 16)));

    private static void AssertSame(int expected, int found) => Assert.Equal($"{expected:X8}", $"{found:X8}");

    private static int Bits(float value) => BitConverter.SingleToInt32Bits(value);

    private static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);
}
