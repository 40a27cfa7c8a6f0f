using Microsoft.Extensions.Options;

namespace Platform.Vision;

/// <summary>The rules of <see cref="VisionOptions"/> that a range cannot say.</summary>
internal sealed class VisionOptionsRules : IValidateOptions<VisionOptions>
{
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    public ValidateOptionsResult Validate(string? name, VisionOptions options)
    {
        var problems = new List<string>();
        CheckTime(nameof(VisionOptions.UploadTimeout), options.UploadTimeout, problems);
        CheckTime(nameof(VisionOptions.VideoTimeLimit), options.VideoTimeLimit, problems);
        if (!string.IsNullOrEmpty(options.FfmpegPath) && !(Path.IsPathFullyQualified(options.FfmpegPath) && File.Exists(options.FfmpegPath)))
        {
            problems.Add(
                $"{VisionOptions.Section}:{nameof(VisionOptions.FfmpegPath)} is '{options.FfmpegPath}', which is no full path of a file. " +
                "Correct it, leave it out to look on the PATH, or set it empty to refuse video files.");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static void CheckTime(string name, TimeSpan value, List<string> problems)
    {
        if (value <= TimeSpan.Zero || value > Longest)
            problems.Add($"{VisionOptions.Section}:{name} is {value}. Set it to more than nothing and at most {Longest}.");
    }
}
