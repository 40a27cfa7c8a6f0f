namespace Platform.Cli.Bench;

/// <summary>What a run measures.</summary>
[Flags]
internal enum BenchSections
{
    None = 0,

    /// <summary>Prompts: tokens a second and time to first token.</summary>
    Prefill = 1,

    /// <summary>Decode over batch sizes and contexts.</summary>
    Decode = 2,

    /// <summary>Streams that decode while a long prompt comes in.</summary>
    Mixed = 4,

    /// <summary>Load time and resident memory.</summary>
    Load = 8,

    /// <summary>Routing of a mixture of experts.</summary>
    Routing = 16,

    /// <summary>Speculative decoding.</summary>
    Drafting = 32,

    /// <summary>Everything about the engine alone.</summary>
    Engine = Prefill | Decode | Mixed | Load | Routing | Drafting,

    /// <summary>The hybrid shape against full attention.</summary>
    Hybrid = 64,

    /// <summary>What gateway, grains and gRPC add.</summary>
    Serving = 128,
}
