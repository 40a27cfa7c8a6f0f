namespace Platform.Cli.Bench;

/// <summary>What one way to the engine costs, in seconds.</summary>
internal sealed class PathCost
{
    /// <summary>From the request to its first token.</summary>
    public Samples FirstToken { get; } = new();

    /// <summary>CPU time that one more token takes.</summary>
    public Samples CpuPerToken { get; } = new();

    /// <summary>CPU time that a request takes whatever its length.</summary>
    public Samples CpuPerRequest { get; } = new();

    /// <summary>CPU time of a long answer divided by its tokens: both together.</summary>
    public Samples CpuPerTokenOfLong { get; } = new();

    /// <summary>Adds one round: the mean CPU time of a short answer and of a long one.</summary>
    public void AddCpu(double ofShort, int shortTokens, double ofLong, int longTokens)
    {
        var perToken = (ofLong - ofShort) / (longTokens - shortTokens);
        CpuPerToken.Add(perToken);
        CpuPerRequest.Add(ofShort - (perToken * shortTokens));
        CpuPerTokenOfLong.Add(ofLong / longTokens);
    }
}
