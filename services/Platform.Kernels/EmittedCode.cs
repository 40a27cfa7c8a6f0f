using Platform.Kernels.Emitted;

namespace Platform.Kernels;

/// <summary>Whether this process may run machine code that it writes itself, for instructions that .NET does not offer.</summary>
public static class EmittedCode
{
    /// <summary>Whether any may run. Off with the environment variable PLATFORM_EMITTED=off.</summary>
    public static bool IsAvailable => EmittedSupport.Here.Reason is null;

    /// <summary>The instructions in use, or why there are none.</summary>
    public static string Description => EmittedSupport.Here switch
    {
        { Reason: { } reason } => $"off: {reason}",
        { DotsOfBytes: true, DotsOfBf16: true } => "vpdpbusd, vdpbf16ps",
        { DotsOfBytes: true } => "vpdpbusd",
        _ => "vdpbf16ps",
    };
}
