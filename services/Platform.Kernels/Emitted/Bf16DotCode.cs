namespace Platform.Kernels.Emitted;

/// <summary>
/// Emits the tile of bfloat16 weights and inputs with the pair dot product: per lane it is two fused multiply-adds, first the pair's high
/// half, then its low half, which are the pair's first and second input. So it walks the chain of <see cref="GemmReference"/>.
/// </summary>
internal static class Bf16DotCode
{
    /// <summary>Rows of the largest tile.</summary>
    public const int MaxRows = 12;

    /// <summary>Up to this many rows a tile has four panels, then two: at most 24 sums.</summary>
    public const int RowsOfWideTiles = 6;

    private const int FarBytes = 2048;
    private const int Unrolled = 4;
    private const int PairBytes = 4;
    private const int VectorBytes = 64;

    /// <summary>Panels of a tile of so many rows.</summary>
    public static int Panels(int rows) => rows <= RowsOfWideTiles ? 4 : 2;

    /// <summary>The function of <see cref="Bf16DotRecord"/>.</summary>
    /// <param name="rows">1..12.</param>
    /// <param name="panels">1, 2, or 4 where the rows are few.</param>
    /// <param name="mode">Store or add.</param>
    /// <param name="prefetch">Whether the panels come from memory.</param>
    public static Assembler Of(int rows, int panels, GemmMode mode, bool prefetch)
    {
        var code = new Assembler();
        var address = new RowAddresses(code, Bf16DotRecord.Pairs, Bf16DotRecord.PairStride);
        address.Load(rows);
        code.Mov(Gp.R8, new Address(Gp.Rdi, Bf16DotRecord.Weights));
        code.Mov(Gp.Rax, new Address(Gp.Rdi, Bf16DotRecord.Depth));
        code.Mov(Gp.Rcx, new Address(Gp.Rdi, Bf16DotRecord.PanelStride));
        if (panels > 2)
            code.Lea(Gp.Rdx, new Address(Gp.Rcx, 0, Gp.Rcx, 2));
        for (var row = 0; row < rows; row++)
        {
            for (var panel = 0; panel < panels; panel++)
                code.Vpxord(Sum(row, panel, panels), Sum(row, panel, panels), Sum(row, panel, panels));
        }

        var (rest, done) = (new Label(), new Label());
        Loop(code, address, rows, panels, Unrolled, prefetch, rest);
        code.Place(rest);
        code.Add(Gp.Rax, Unrolled);
        Loop(code, address, rows, panels, 1, prefetch: false, done);
        code.Place(done);
        TileResults.Write(code, rows, panels, (row, panel) => Sum(row, panel, panels), mode, Bf16DotRecord.Y, Bf16DotRecord.YStride);
        code.Return();
        return code;
    }

    // Subtracts first and looks at the sign, so that fewer pairs than one turn takes fall through.
    private static void Loop(Assembler code, RowAddresses address, int rows, int panels, int pairs, bool prefetch, Label past)
    {
        var top = new Label();
        code.Place(top);
        code.Sub(Gp.Rax, pairs);
        code.Jump(Condition.Less, past);
        for (var pair = 0; pair < pairs; pair++)
            Pair(code, rows, panels, pair, prefetch);
        code.Add(Gp.R8, pairs * VectorBytes);
        address.Advance(rows, pairs * PairBytes);
        code.Jump(top);
    }

    private static void Pair(Assembler code, int rows, int panels, int pair, bool prefetch)
    {
        for (var panel = 0; panel < panels; panel++)
        {
            if (prefetch)
                code.Prefetcht0(PanelAddress(panel, pair * VectorBytes + FarBytes));
            code.Vmovdqu32(Weights(panel), PanelAddress(panel, pair * VectorBytes));
        }

        for (var row = 0; row < rows; row++)
        {
            for (var panel = 0; panel < panels; panel++)
                code.Vdpbf16psBroadcast(Sum(row, panel, panels), Weights(panel), RowAddresses.Of(row, pair * PairBytes));
        }
    }

    private static Address PanelAddress(int panel, int displacement) => panel switch
    {
        0 => new Address(Gp.R8, displacement),
        3 => new Address(Gp.R8, displacement, Gp.Rdx),
        _ => new Address(Gp.R8, displacement, Gp.Rcx, panel),
    };

    private static Zmm Sum(int row, int panel, int panels) => new(row * panels + panel);

    private static Zmm Weights(int panel) => new(31 - panel);
}
