using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace Platform.Gateway.Options;

/// <summary>What the operator decides about the HTTP edge. Configuration section <c>Gateway</c>; checked at start.</summary>
public sealed class GatewayOptions
{
    public const string Section = "Gateway";

    /// <summary>Serve without keys. Only on loopback addresses: a start on any other is refused.</summary>
    public bool Open { get; set; }

    /// <summary>The keys that may use the API.</summary>
    [ValidateEnumeratedItems]
    public IList<ApiKeyOptions> Keys { get; } = [];

    /// <summary>Largest request body in bytes. Each request in flight may hold this much memory, and twice it while pictures are decoded.</summary>
    [Range(1024, 1L << 30)]
    public long MaxBodyBytes { get; set; } = 32L << 20;

    /// <summary>Messages in one conversation.</summary>
    [Range(1, 100_000)]
    public int MaxMessages { get; set; } = 4096;

    /// <summary>Pictures and videos in one conversation. Each is decoded and kept by the vision service.</summary>
    [Range(0, 10_000)]
    public int MaxMedia { get; set; } = 64;

    /// <summary>Pictures in one video given as a list of pictures.</summary>
    [Range(1, 10_000)]
    public int MaxVideoFrames { get; set; } = 768;

    /// <summary>Choices (<c>n</c>) of one request, prompts times choices for <c>/v1/completions</c>. Each occupies a sequence of the engine.</summary>
    [Range(1, 1024)]
    public int MaxChoices { get; set; } = 16;

    /// <summary>Stop strings of one request.</summary>
    [Range(1, 1024)]
    public int MaxStopStrings { get; set; } = 16;

    /// <summary>Characters of one stop string. As much text may be held back while it could be the start of one.</summary>
    [Range(1, 65_536)]
    public int MaxStopLength { get; set; } = 1024;

    /// <summary>Tools of one request.</summary>
    [Range(1, 10_000)]
    public int MaxTools { get; set; } = 256;

    /// <summary>Nesting of objects and arrays in a request.</summary>
    [Range(8, 512)]
    public int MaxJsonDepth { get; set; } = 64;

    /// <summary>A stream with nothing to say gets a comment this often, so that proxies and clients keep it open.</summary>
    [Range(typeof(TimeSpan), "00:00:00.010", "00:10:00")]
    public TimeSpan PingInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Bytes per second that a client must send and read at least, after <see cref="DataRateGrace"/>; a slower one is dropped.</summary>
    [Range(1, 1 << 20)]
    public int MinBytesPerSecond { get; set; } = 240;

    /// <summary>How long a client may be slower than <see cref="MinBytesPerSecond"/>; more than a second.</summary>
    [Range(typeof(TimeSpan), "00:00:01.100", "00:10:00")]
    public TimeSpan DataRateGrace { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>Longest wait for the vision and tokenizer services in one call.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ServiceTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>Whether and how pictures named by an address are fetched.</summary>
    [ValidateObjectMembers]
    public MediaFetchOptions Fetch { get; set; } = new();
}
