using System.ComponentModel.DataAnnotations;

namespace Platform.Silo;

/// <summary>Where a silo listens and which cluster it belongs to.</summary>
public sealed class SiloOptions
{
    /// <summary>The port on which silos talk to each other. One silo per machine and port.</summary>
    [Range(1, 65_535)]
    public int SiloPort { get; set; } = 11_111;

    /// <summary>The port on which clients outside the silo reach the grains; 0: none do.</summary>
    [Range(0, 65_535)]
    public int GatewayPort { get; set; }

    /// <summary>Silos of one cluster id find each other.</summary>
    [Required]
    public string ClusterId { get; set; } = "platform";

    /// <summary>Stays the same across deployments of one system.</summary>
    [Required]
    public string ServiceId { get; set; } = "platform";
}
