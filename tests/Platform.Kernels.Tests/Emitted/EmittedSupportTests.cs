using Platform.Kernels.Emitted;

namespace Platform.Kernels.Tests;

public sealed class EmittedSupportTests
{
    private static readonly EmittedSupport.Processor Able = new(LinuxOnX64: true, Avx512: true, DotsOfBytes: true, DotsOfBf16: true);

    [Theory]
    [InlineData("off")]
    [InlineData("OFF")]
    [InlineData("0")]
    public void The_operator_switches_it_off(string setting)
    {
        var support = EmittedSupport.Detect(setting, Able, Allow);
        Assert.False(support.DotsOfBytes || support.DotsOfBf16);
        Assert.Contains(EmittedSupport.Switch, support.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_forbids_executable_memory_switches_it_off()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the pages are Linux's");
        var support = EmittedSupport.Detect(null, Able, (_, _) => false);
        Assert.False(support.DotsOfBytes || support.DotsOfBf16);
        Assert.Contains("forbids", support.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_that_the_host_refuses_gives_no_function()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "the pages are Linux's");
        var code = new Assembler();
        code.Return();
        Assert.Null(EmittedFunction.TryCreate(code, (_, _) => false));
    }

    [Fact]
    public void Other_systems_and_processors_switch_it_off()
    {
        Assert.NotNull(EmittedSupport.Detect(null, Able with { LinuxOnX64 = false }).Reason);
        Assert.NotNull(EmittedSupport.Detect(null, Able with { Avx512 = false }).Reason);
        Assert.NotNull(EmittedSupport.Detect(null, Able with { DotsOfBytes = false, DotsOfBf16 = false }).Reason);
    }

    [Fact]
    public void Only_what_the_processor_has_is_used()
    {
        var machine = EmittedSupport.Processor.OfThisMachine();
        var here = EmittedSupport.Detect(null, machine);
        Assert.Equal((here.DotsOfBytes, here.DotsOfBf16), here.Reason is null ? (machine.DotsOfBytes, machine.DotsOfBf16) : (false, false));
        Assert.False(EmittedSupport.Detect(null, machine with { DotsOfBytes = false }).DotsOfBytes);
        Assert.False(EmittedSupport.Detect(null, machine with { DotsOfBf16 = false }).DotsOfBf16);
    }

    private static bool Allow(nint start, nuint bytes) => true;
}
