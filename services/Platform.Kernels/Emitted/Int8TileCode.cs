namespace Platform.Kernels.Emitted;

/// <summary>
/// <see cref="Int8Tile"/>'s inner loop with the dot product of 16-bit pairs, one instruction for a multiplication and an addition, and up to
/// six rows. Sums are integers, so the bits are the same.
/// </summary>
internal sealed unsafe class Int8TileCode : IDisposable
{
    /// <summary>Rows of the largest function: 24 sums, four panels and a broadcast fit in 32 registers.</summary>
    public const int MaxRows = 6;

    private const int Panels = 4;
    private const int VectorBytes = 64;

    private readonly EmittedFunction[] _functions;

    private Int8TileCode(EmittedFunction[] functions) => _functions = functions;

    /// <summary>The functions for given strides, or null where they may not or cannot be emitted.</summary>
    /// <param name="xStrideBytes">Bytes from row to row of codes.</param>
    /// <param name="yStrideBytes">Bytes from row to row of sums.</param>
    public static Int8TileCode? TryCreate(int xStrideBytes, int yStrideBytes)
    {
        if (!EmittedSupport.Here.DotsOfBytes)
            return null;
        var functions = new List<EmittedFunction>();
        for (var rows = 1; rows <= MaxRows; rows++)
        {
            if (EmittedFunction.TryCreate(Write(rows, xStrideBytes, yStrideBytes)) is not { } function)
            {
                functions.ForEach(made => made.Dispose());
                return null;
            }

            functions.Add(function);
        }

        return new Int8TileCode([.. functions]);
    }

    /// <summary>Sums of 1 to <see cref="MaxRows"/> rows.</summary>
    public void Run(Operands* operands, int rows) => _functions[rows - 1].Call(operands);

    public void Dispose()
    {
        foreach (var function in _functions)
            function.Dispose();
    }

    private static Assembler Write(int rows, int xStrideBytes, int yStrideBytes)
    {
        const Gp record = Gp.Rdi, panel = Gp.Rax, stride = Gp.Rcx, threeStrides = Gp.Rdx, next = Gp.Rsi, step = Gp.R8, pairs = Gp.R9, x = Gp.R10, y = Gp.R11;
        var code = new Assembler();
        ReadOnlySpan<Gp> inOrder = [panel, stride, next, step, pairs, x, y];
        for (var i = 0; i < inOrder.Length; i++)
            code.Mov(inOrder[i], new Address(record, i * sizeof(long)));
        code.Lea(threeStrides, new Address(stride, 0, stride, 2));
        for (var sum = 0; sum < rows * Panels; sum++)
            code.Vpxord(new Zmm(sum), new Zmm(sum), new Zmm(sum));

        var top = new Label();
        code.Place(top);
        for (var i = 0; i < Panels; i++)
            code.Prefetcht0(PanelAddress(next, i));
        for (var i = 0; i < Panels; i++)
            code.Vpmovsxbw(new Zmm(24 + i), PanelAddress(panel, i));
        for (var row = 0; row < rows; row++)
        {
            var pair = new Zmm(28 + row % 4);
            code.Vpbroadcastd(pair, new Address(x, row * xStrideBytes));
            for (var i = 0; i < Panels; i++)
                code.Vpdpwssd(new Zmm(row * Panels + i), new Zmm(24 + i), pair);
        }

        code.Add(panel, step);
        code.Add(next, step);
        code.Add(x, sizeof(int));
        code.Sub(pairs, 1);
        code.Jump(Condition.NotZero, top);
        for (var sum = 0; sum < rows * Panels; sum++)
            code.Vmovups(new Address(y, sum / Panels * yStrideBytes + sum % Panels * VectorBytes), new Zmm(sum));
        code.Return();
        return code;

        static Address PanelAddress(Gp start, int i) => i switch
        {
            0 => new Address(start),
            1 => new Address(start, 0, Gp.Rcx, 1),
            2 => new Address(start, 0, Gp.Rcx, 2),
            _ => new Address(start, 0, Gp.Rdx, 1),
        };
    }

    /// <summary>What the code reads, eight bytes each, in the order it reads them.</summary>
    internal struct Operands
    {
        /// <summary>The first pair of the first panel.</summary>
        public byte* Panel;

        /// <summary>Bytes from panel to panel.</summary>
        public long PanelStride;

        /// <summary>What is wanted next, laid out alike.</summary>
        public byte* Next;

        /// <summary>Bytes from pair to pair.</summary>
        public long PairStep;

        /// <summary>Pairs, at least one.</summary>
        public long Pairs;

        /// <summary>Rows of codes.</summary>
        public int* X;

        /// <summary>Receives rows of 64 sums.</summary>
        public float* Y;
    }
}
