namespace Platform.Cli;

/// <summary>Hands each report on at once, on the thread that made it.</summary>
internal sealed class Reporter<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}
