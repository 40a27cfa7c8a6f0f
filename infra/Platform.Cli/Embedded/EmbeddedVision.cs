using Microsoft.Extensions.DependencyInjection;
using Platform.Engine;
using Platform.Model;
using Platform.Vision;

namespace Platform.Cli.Embedded;

/// <summary>The vision service of a checkpoint that has a tower.</summary>
internal static class EmbeddedVision
{
    /// <summary>Adds it. Returns false, and adds nothing, when the checkpoint has no tower.</summary>
    public static bool Add(IServiceCollection services, EmbeddedOptions options)
    {
        var folder = options.ModelDirectory;
        if (!File.Exists(Path.Combine(folder, "config.json")) || ModelConfig.Load(folder).Vision is null)
            return false;
        services.AddSingleton(_ => LoadTower(options));
        services.AddVisionService(provider =>
        {
            using var checkpoint = Checkpoint.Open(folder);
            return VisionModel.Of(provider.GetRequiredService<VisionTower>(), checkpoint, folder);
        });
        return true;
    }

    private static VisionTower LoadTower(EmbeddedOptions options)
    {
        using var checkpoint = Checkpoint.Open(options.ModelDirectory);
        return VisionTower.Load(checkpoint, new VisionTowerOptions { Threads = options.Model.Threads, Kernels = options.Model.Kernels });
    }
}
