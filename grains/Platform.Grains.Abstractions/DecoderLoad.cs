namespace Platform.Grains;

/// <summary>One decoder as its last heartbeat described it.</summary>
[GenerateSerializer, Immutable, Alias("platform.decoder-load")]
public sealed record DecoderLoad(
    [property: Id(0)] string AppId,
    [property: Id(1)] ServedModel Model,
    [property: Id(2)] int RunningSequences,
    [property: Id(3)] int WaitingSequences,
    [property: Id(4)] int FreePages,
    [property: Id(5)] int TotalPages);
