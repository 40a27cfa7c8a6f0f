using System.ComponentModel.DataAnnotations;

namespace Platform.Gateway.Options;

/// <summary>
/// Fetching of pictures and videos that a request names by an http(s) address. Off unless the operator allows it, since it makes the server
/// send requests for strangers; addresses that are not public are refused in any case.
/// </summary>
public sealed class MediaFetchOptions
{
    public bool Enabled { get; set; }

    /// <summary>Largest file in bytes.</summary>
    [Range(1, 1L << 30)]
    public long MaxBytes { get; set; } = 20L << 20;

    /// <summary>Longest time for one file, name lookup included.</summary>
    [Range(typeof(TimeSpan), "00:00:00.100", "00:10:00")]
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Host names that may be fetched from; all public ones if empty.</summary>
    public IList<string> Hosts { get; } = [];
}
