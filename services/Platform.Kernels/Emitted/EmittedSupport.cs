using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Platform.Kernels.Emitted;

/// <summary>
/// Whether machine code may be emitted here, and which instructions it may use: those that .NET does not offer on this processor. Off where
/// the processor, the system or the operator (environment variable PLATFORM_EMITTED=off) says so, or the host forbids executable pages.
/// </summary>
internal sealed record EmittedSupport
{
    /// <summary>The environment variable; "off" or "0" switches the tier off.</summary>
    public const string Switch = "PLATFORM_EMITTED";

    private static readonly Lazy<EmittedSupport> Detected =
        new(() => Detect(Environment.GetEnvironmentVariable(Switch), Processor.OfThisMachine()));

    private EmittedSupport(bool dotsOfBytes, bool dotsOfBf16, string? reason)
    {
        DotsOfBytes = dotsOfBytes;
        DotsOfBf16 = dotsOfBf16;
        Reason = reason;
    }

    /// <summary>What this process may do; found out once.</summary>
    public static EmittedSupport Here => Detected.Value;

    /// <summary>vpdpbusd may be emitted.</summary>
    public bool DotsOfBytes { get; }

    /// <summary>vdpbf16ps may be emitted.</summary>
    public bool DotsOfBf16 { get; }

    /// <summary>Why nothing may be emitted, or null.</summary>
    public string? Reason { get; }

    /// <summary>Decides from what it is told, so that each refusal can be tested.</summary>
    /// <param name="setting">The environment variable's value.</param>
    /// <param name="processor">What the machine has.</param>
    /// <param name="protection">The host's answer when pages shall become executable.</param>
    public static EmittedSupport Detect(string? setting, Processor processor, ExecutableMemory.Protection? protection = null)
    {
        if (setting is "0" || string.Equals(setting, "off", StringComparison.OrdinalIgnoreCase))
            return new(false, false, $"switched off by {Switch}={setting}");
        if (!processor.LinuxOnX64)
            return new(false, false, "emitted code is written for Linux on x64");
        if (!processor.Avx512 || !(processor.DotsOfBytes || processor.DotsOfBf16))
            return new(false, false, "the processor has no AVX-512 dot products of bytes or bfloat16");
        if (!CanExecute(protection))
            return new(false, false, "the host forbids executable memory");
        return new(processor.DotsOfBytes, processor.DotsOfBf16, null);
    }

    private static unsafe bool CanExecute(ExecutableMemory.Protection? protection)
    {
        var code = new Assembler();
        code.Return();
        using var function = EmittedFunction.TryCreate(code, protection);
        if (function is null)
            return false;
        function.Call(null);
        return true;
    }

    /// <summary>What matters of a machine.</summary>
    /// <param name="LinuxOnX64">The calling convention the code is written for.</param>
    /// <param name="Avx512">F, BW and VL, enabled by the system and the runtime.</param>
    /// <param name="DotsOfBytes">AVX512_VNNI.</param>
    /// <param name="DotsOfBf16">AVX512_BF16.</param>
    internal sealed record Processor(bool LinuxOnX64, bool Avx512, bool DotsOfBytes, bool DotsOfBf16)
    {
        private const int FeatureLeaf = 7;

        public static Processor OfThisMachine()
        {
            var linuxOnX64 = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
            if (!linuxOnX64 || !X86Base.IsSupported || X86Base.CpuId(0, 0).Eax < FeatureLeaf)
                return new(linuxOnX64, false, false, false);
            var (lastSubleaf, _, ecx, _) = X86Base.CpuId(FeatureLeaf, 0);
            var moreEax = lastSubleaf >= 1 ? X86Base.CpuId(FeatureLeaf, 1).Eax : 0;
            return new(true, Avx512F.IsSupported && Avx512BW.IsSupported && Avx512BW.VL.IsSupported, (ecx >> 11 & 1) != 0, (moreEax >> 5 & 1) != 0);
        }
    }
}
