namespace Platform.Kernels.Emitted;

/// <summary>
/// Emits the tile of <see cref="BlockTile"/> with the byte dot product: up to 12 rows against one panel, the same integers and the same chain.
/// The correction for the weights' offset is what the integer sum starts from.
/// </summary>
internal static class BlockTileCode
{
    /// <summary>Rows of the largest tile: an integer and a float sum each, weights, scales and a mask in 32 registers.</summary>
    public const int MaxRows = 12;

    private const int FarBytes = 3072;
    private const int GroupsPerHalf = BlockLayout.HalfInputs / BlockLayout.GroupInputs;
    private static readonly Zmm Weights = new(31), High = new(30), Scales = new(29), Mask = new(28);

    /// <summary>The function of <see cref="BlockOperands"/>.</summary>
    /// <param name="rows">1..12.</param>
    /// <param name="storage">INT8 or INT4.</param>
    /// <param name="mode">Store or add.</param>
    /// <param name="prefetch">Whether the panel comes from memory.</param>
    public static Assembler Of(int rows, PanelStorage storage, GemmMode mode, bool prefetch)
    {
        var code = new Assembler();
        var address = new RowAddresses(code, BlockRecord.Codes, BlockRecord.CodeStride);
        address.Load(rows);
        code.Mov(Gp.R8, new Address(Gp.Rdi, BlockRecord.Weights));
        code.Mov(Gp.Rax, new Address(Gp.Rdi, BlockRecord.Blocks));
        for (var row = 0; row < rows; row++)
            code.Vpxord(Sum(rows, row), Sum(rows, row), Sum(rows, row));
        if (storage == PanelStorage.INT4)
            code.Vpbroadcastd(Mask, new Address(Gp.Rdi, BlockRecord.NibbleMask));
        var top = new Label();
        code.Place(top);
        for (var half = 0; half < 2; half++)
        {
            Start(code, rows, half, storage);
            if (storage == PanelStorage.INT8)
                Half8(code, rows, half, prefetch);
            else
                Half4(code, rows, half, prefetch);
            Finish(code, rows, half, storage);
        }

        code.Add(Gp.R8, BlockLayout.BlockBytes(storage));
        address.Advance(rows, InputCodes.RecordBytes);
        code.Sub(Gp.Rax, 1);
        code.Jump(Condition.NotZero, top);
        TileResults.Write(code, rows, 1, (row, _) => Sum(rows, row), mode, BlockRecord.Y, BlockRecord.YStride);
        code.Return();
        return code;
    }

    private static Zmm Integers(int row) => new(row);

    private static Zmm Sum(int rows, int row) => new(rows + row);

    private static void Start(Assembler code, int rows, int half, PanelStorage storage)
    {
        var corrections = storage == PanelStorage.INT8 ? InputCodes.Corrections8 : InputCodes.Corrections4;
        for (var row = 0; row < rows; row++)
            code.Vpbroadcastd(Integers(row), RowAddresses.Of(row, corrections + half * sizeof(int)));
    }

    private static void Half8(Assembler code, int rows, int half, bool prefetch)
    {
        for (var group = 0; group < GroupsPerHalf; group++)
        {
            var place = (half * GroupsPerHalf + group) * BlockLayout.GroupBytes;
            if (prefetch)
                code.Prefetcht0(new Address(Gp.R8, place + FarBytes));
            code.Vmovdqu32(Weights, new Address(Gp.R8, place));
            Dots(code, rows, Weights, half, group);
        }
    }

    private static void Half4(Assembler code, int rows, int half, bool prefetch)
    {
        for (var group = 0; group < GroupsPerHalf / 2; group++)
        {
            var place = (half * GroupsPerHalf / 2 + group) * BlockLayout.GroupBytes;
            if (prefetch)
                code.Prefetcht0(new Address(Gp.R8, place + FarBytes));
            code.Vmovdqu32(Weights, new Address(Gp.R8, place));
            code.Vpsrld(High, Weights, 4);
            code.Vpandd(Weights, Weights, Mask);
            code.Vpandd(High, High, Mask);
            Dots(code, rows, Weights, half, group);
            Dots(code, rows, High, half, group + GroupsPerHalf / 2);
        }
    }

    private static void Dots(Assembler code, int rows, Zmm weights, int half, int group)
    {
        var place = half * BlockLayout.HalfInputs + group * BlockLayout.GroupInputs;
        for (var row = 0; row < rows; row++)
            code.VpdpbusdBroadcast(Integers(row), weights, RowAddresses.Of(row, place));
    }

    private static void Finish(Assembler code, int rows, int half, PanelStorage storage)
    {
        code.Vpmovzxwd(Scales, new Address(Gp.R8, BlockLayout.WeightBytes(storage) + half * BlockLayout.ScaleBytes));
        code.Vpslld(Scales, Scales, 16);
        for (var row = 0; row < rows; row++)
        {
            code.Vcvtdq2ps(Integers(row), Integers(row));
            code.VmulpsBroadcast(Integers(row), Integers(row), RowAddresses.Of(row, InputCodes.Scales + half * sizeof(float)));
            code.Vfmadd231ps(Sum(rows, row), Integers(row), Scales);
        }
    }
}
