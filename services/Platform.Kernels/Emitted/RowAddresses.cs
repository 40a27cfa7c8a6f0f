namespace Platform.Kernels.Emitted;

/// <summary>
/// Addresses of up to 12 rows that lie a stride apart: a base register for every four rows, the stride and its triple as indices.
/// Uses rsi, r9, rdx, r10 and r11; the operands' record stays in rdi.
/// </summary>
internal sealed class RowAddresses(Assembler code, int baseField, int strideField)
{
    private static readonly Gp[] Bases = [Gp.Rsi, Gp.R9, Gp.Rdx];

    /// <summary>Loads the registers for a number of rows.</summary>
    public void Load(int rows)
    {
        code.Mov(Bases[0], new Address(Gp.Rdi, baseField));
        if (rows > 1)
        {
            code.Mov(Gp.R10, new Address(Gp.Rdi, strideField));
            code.Lea(Gp.R11, new Address(Gp.R10, 0, Gp.R10, 2));
        }

        for (var i = 1; i * 4 < rows; i++)
            code.Lea(Bases[i], new Address(Bases[i - 1], 0, Gp.R10, 4));
    }

    /// <summary>Where a row's byte lies.</summary>
    public static Address Of(int row, int displacement) => (row % 4) switch
    {
        0 => new Address(Bases[row / 4], displacement),
        3 => new Address(Bases[row / 4], displacement, Gp.R11),
        var apart => new Address(Bases[row / 4], displacement, Gp.R10, apart),
    };

    /// <summary>Moves all rows on.</summary>
    public void Advance(int rows, int bytes)
    {
        for (var i = 0; i * 4 < rows; i++)
            code.Add(Bases[i], bytes);
    }
}
