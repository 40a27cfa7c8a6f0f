using System.ComponentModel.DataAnnotations;

namespace Platform.Grains;

/// <summary>The bounds of responses and of the decoders' leases.</summary>
public sealed class ResponseOptions
{
    /// <summary>
    /// A response that nobody reads for this long is given up: cancelled if it still runs, and its log dropped. Longer lets a client
    /// that lost its connection come back later, and keeps memory (and decoders) busy for clients that never do.
    /// </summary>
    [Range(1, 86_400)]
    public int OrphanSeconds { get; set; } = 60;

    /// <summary>Bytes of one response's log, all choices together; a choice that would pass it fails.</summary>
    [Range(4096, 1L << 32)]
    public long MaxLogBytes { get; set; } = 64L << 20;

    /// <summary>Ended responses kept for readers, per silo; the oldest are dropped first.</summary>
    [Range(0, 1_000_000)]
    public int KeptResponses { get; set; } = 4096;

    /// <summary>Bytes of ended responses' logs kept for readers, per silo.</summary>
    [Range(0, 1L << 40)]
    public long KeptBytes { get; set; } = 256L << 20;

    /// <summary>Choices of one response at most: each is a sequence in a decoder.</summary>
    [Range(1, 1024)]
    public int MaxChoices { get; set; } = 128;

    /// <summary>Decoders asked before a response is refused.</summary>
    [Range(1, 64)]
    public int MaxDecodersAsked { get; set; } = 4;

    /// <summary>How long a decoder may take to accept or refuse, in seconds.</summary>
    [Range(1, 3600)]
    public int AcceptSeconds { get; set; } = 60;

    /// <summary>What a refused client is told to wait, in seconds.</summary>
    [Range(1, 3600)]
    public int RetryAfterSeconds { get; set; } = 2;

    /// <summary>How long a decoder's registration lasts without a heartbeat, in seconds. Shorter notices a lost decoder sooner.</summary>
    [Range(1, 600)]
    public int LeaseSeconds { get; set; } = 10;

    /// <summary>How long a model without decoders is answered with "come back later" instead of "unknown", in seconds.</summary>
    [Range(0, 86_400)]
    public int RememberModelSeconds { get; set; } = 600;
}
