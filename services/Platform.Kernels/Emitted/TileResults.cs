namespace Platform.Kernels.Emitted;

/// <summary>Emits the end of a tile: the sums stored, or added to what is there.</summary>
internal static class TileResults
{
    /// <summary>Writes rows of one vector per panel; uses rdi (the record) and rcx.</summary>
    /// <param name="code">Where to.</param>
    /// <param name="rows">Rows of the tile.</param>
    /// <param name="panels">Panels of the tile, whose outputs are neighbours.</param>
    /// <param name="sum">The register of (row, panel).</param>
    /// <param name="mode">Store or add.</param>
    /// <param name="yField">Where the record keeps the first output's address.</param>
    /// <param name="strideField">Where it keeps the bytes from row to row.</param>
    public static void Write(Assembler code, int rows, int panels, Func<int, int, Zmm> sum, GemmMode mode, int yField, int strideField)
    {
        code.Mov(Gp.Rcx, new Address(Gp.Rdi, strideField));
        code.Mov(Gp.Rdi, new Address(Gp.Rdi, yField));
        for (var row = 0; row < rows; row++)
        {
            for (var panel = 0; panel < panels; panel++)
            {
                var place = new Address(Gp.Rdi, panel * PackedMatrix.PanelRows * sizeof(float));
                if (mode == GemmMode.AddTo)
                    code.Vaddps(sum(row, panel), sum(row, panel), place);
                code.Vmovups(place, sum(row, panel));
            }

            if (row + 1 < rows)
                code.Add(Gp.Rdi, Gp.Rcx);
        }
    }
}
