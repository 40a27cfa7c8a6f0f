using System.ComponentModel.DataAnnotations;

namespace Platform.Gateway.Options;

/// <summary>One key. The key itself is nowhere in the configuration, only its hash.</summary>
public sealed class ApiKeyOptions
{
    /// <summary>Names the key in logs and errors.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>SHA-256 of the key's UTF-8 bytes, 64 hexadecimal digits.</summary>
    [Required, RegularExpression("^[0-9a-fA-F]{64}$", ErrorMessage = "A key's Sha256 must be 64 hexadecimal digits: printf %s KEY | sha256sum")]
    public string Sha256 { get; set; } = "";

    /// <summary>Who shares caches with this key: keys of one project do. The key's name if empty.</summary>
    public string Project { get; set; } = "";

    /// <summary>Models this key may use; all of them if empty.</summary>
    public IList<string> Models { get; } = [];
}
