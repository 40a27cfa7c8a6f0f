namespace Platform.Kernels.Emitted;

/// <summary>
/// General registers that a called function may use freely under the System V convention; the encoding's numbers. The first argument
/// arrives in <see cref="Rdi"/>.
/// </summary>
internal enum Gp
{
    Rax = 0,
    Rcx = 1,
    Rdx = 2,
    Rsi = 6,
    Rdi = 7,
    R8 = 8,
    R9 = 9,
    R10 = 10,
    R11 = 11,
}
