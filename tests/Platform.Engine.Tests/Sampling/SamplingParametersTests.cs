namespace Platform.Engine.Tests;

public sealed class SamplingParametersTests
{
    public static TheoryData<SamplingParameters, string> Wrong => new()
    {
        { new() { Temperature = -0.1f }, "Temperature" },
        { new() { Temperature = float.NaN }, "Temperature" },
        { new() { Temperature = float.PositiveInfinity }, "Temperature" },
        { new() { TopP = 0 }, "TopP" },
        { new() { TopP = 1.01f }, "TopP" },
        { new() { TopP = float.NaN }, "TopP" },
        { new() { TopK = -2 }, "TopK" },
        { new() { MinP = -1 }, "MinP" },
        { new() { MinP = float.NaN }, "MinP" },
        { new() { RepetitionPenalty = 0 }, "RepetitionPenalty" },
        { new() { RepetitionPenalty = float.NaN }, "RepetitionPenalty" },
        { new() { PresencePenalty = float.NaN }, "PresencePenalty" },
        { new() { FrequencyPenalty = float.NegativeInfinity }, "FrequencyPenalty" },
        { new() { LogitBias = new Dictionary<int, float> { [3] = float.NaN } }, "LogitBias[3]" },
        { new() { LogitBias = new Dictionary<int, float> { [-3] = 1 } }, "LogitBias[-3]" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Out_of_range_are_refused_by_name(SamplingParameters sampling, string name) =>
        Assert.StartsWith(name, Assert.Throws<SequenceRejectedException>(sampling.Validate).Message, StringComparison.Ordinal);

    [Fact]
    public void Of_the_models_recommendations_are_accepted() =>
        new SamplingParameters { Temperature = 0.7f, TopP = 0.8f, TopK = 20, PresencePenalty = 1.5f }.Validate();
}
