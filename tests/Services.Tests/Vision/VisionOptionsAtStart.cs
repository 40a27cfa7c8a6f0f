using Microsoft.Extensions.Options;
using Platform.Vision;

namespace Services.Tests.Vision;

public sealed class VisionOptionsAtStart
{
    public static TheoryData<string, Action<VisionOptions>> Wrong => new()
    {
        { nameof(VisionOptions.MaxUploadBytes), options => options.MaxUploadBytes = 0 },
        { nameof(VisionOptions.MaxUploads), options => options.MaxUploads = 0 },
        { nameof(VisionOptions.CacheBytes), options => options.CacheBytes = 1 },
        { nameof(VisionOptions.UploadTimeout), options => options.UploadTimeout = TimeSpan.Zero },
        { nameof(VisionOptions.VideoTimeLimit), options => options.VideoTimeLimit = TimeSpan.FromDays(1) },
        { nameof(VisionOptions.FfmpegPath), options => options.FfmpegPath = "/no/such/ffmpeg" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Stop_the_process_when_they_cannot_be_meant(string name, Action<VisionOptions> configure)
    {
        using var tower = new PlayedTower(8);
        var refusal = await Assert.ThrowsAsync<OptionsValidationException>(() => VisionHost.StartAsync(tower.Model, configure));
        Assert.Contains(name, refusal.Message, StringComparison.Ordinal);
    }
}
