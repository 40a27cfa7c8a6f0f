using CsCheck;
using Platform.Model.Pictures;

namespace Platform.Model.Tests.Pictures;

public sealed class FrameChoice
{
    private static readonly VideoProcessorConfig Config = new();

    [Theory]
    [InlineData(300, 30.0, 20, 1, 16)]     // 10 s at 2 a second; frame 15.7 rounds to 16
    [InlineData(5, 9.0, 4, 1, 1)]          // at least 4: 0, 1.33, 2.67, 4
    [InlineData(3, 30.0, 3, 1, 1)]         // never more than there are
    [InlineData(100_000, 10.0, 768, 1, 130)] // never more than 768
    public void Takes_frames_evenly_at_two_a_second_within_bounds(int total, double rate, int count, int position, int frame)
    {
        var indices = FrameSampling.Sample(total, rate, Config);

        Assert.Equal(count, indices.Length);
        Assert.Equal((0, frame, total - 1), (indices[0], indices[position], indices[^1]));
    }

    [Fact]
    public void Rounds_half_a_frame_to_the_even_one() => Assert.Equal([0, 2, 5, 8, 10], FrameSampling.Spread(11, 5));

    [Fact]
    public void Assumes_24_frames_a_second_where_the_rate_is_unknown() =>
        Assert.Equal(FrameSampling.Sample(240, 24, Config), FrameSampling.Sample(240, null, Config));

    [Fact]
    public void Spreads_any_count_without_leaving_the_video() =>
        Gen.Select(Gen.Int[1, 5_000], Gen.Int[1, 900]).Sample((total, count) =>
        {
            var indices = FrameSampling.Spread(total, count);
            return indices.Length == Math.Min(total, count)
                && indices.Zip(indices.Skip(1)).All(pair => pair.First < pair.Second)
                && indices[0] == 0 && (count == 1 || indices[^1] == total - 1);
        });

    [Theory]
    [InlineData(0.0)]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Refuses_a_rate_that_is_none(double rate) =>
        Assert.Contains("positive number", Assert.Throws<PictureException>(() => FrameSampling.Sample(10, rate, Config)).Message, StringComparison.Ordinal);

    [Fact]
    public void Uses_every_picture_of_a_list_and_samples_an_animation()
    {
        var frames = Enumerable.Range(0, 10).Select(_ => new RgbImage(64, 64, new byte[64 * 64 * 3])).ToList();

        var list = PicturePreprocessor.Video(frames, 24, Config);
        var animation = PicturePreprocessor.Video(
            new AnimatedPicture(frames, [.. frames.Select(_ => TimeSpan.FromMilliseconds(100))]), Config);

        Assert.Equal((5, 2), (list.Grid.T, animation.Grid.T));
        Assert.Equal([0.15, 0.75], animation.Timestamps!.Select(second => Math.Round(second, 9)));
    }

    [Fact]
    public void Thins_a_list_longer_than_the_settings_allow()
    {
        var frames = Enumerable.Range(0, 10).Select(_ => new RgbImage(32, 32, new byte[32 * 32 * 3])).ToList();
        Assert.Equal(2, PicturePreprocessor.Video(frames, 2, Config with { MinFrames = 1, MaxFrames = 4 }).Grid.T);
    }

    [Fact]
    public void Refuses_frames_that_make_no_clip()
    {
        var wide = new RgbImage(64, 32, new byte[64 * 32 * 3]);
        var high = new RgbImage(32, 64, new byte[64 * 32 * 3]);
        var small = new RgbImage(31, 64, new byte[31 * 64 * 3]);

        Assert.Contains("one size", Refusal(wide, high), StringComparison.Ordinal);
        Assert.Contains("at least 32", Refusal(small), StringComparison.Ordinal);
        Assert.Contains("at least one", Refusal(), StringComparison.Ordinal);

        static string Refusal(params RgbImage[] frames) =>
            Assert.Throws<PictureException>(() => PicturePreprocessor.Video(frames, 2, Config)).Message;
    }
}
