using System.Globalization;

namespace Benchmarks;

/// <summary>Options of the form <c>--name value</c>, each at most once.</summary>
internal sealed class NamedArguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);

    /// <exception cref="ArgumentException">An option that is not known, has no value, or comes twice.</exception>
    public NamedArguments(string[] args, params string[] known)
    {
        for (var i = 0; i < args.Length; i += 2)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : args[i];
            if (!known.Contains(name))
                throw new ArgumentException($"'{args[i]}' is no option; known are --{string.Join(", --", known)}.");
            if (i + 1 == args.Length)
                throw new ArgumentException($"'{args[i]}' needs a value after it.");
            if (!_values.TryAdd(name, args[i + 1]))
                throw new ArgumentException($"'{args[i]}' was given twice.");
        }
    }

    public string? Find(string name) => _values.GetValueOrDefault(name);

    public string Get(string name, string? fallback = null) =>
        _values.GetValueOrDefault(name) ?? fallback ?? throw new ArgumentException($"--{name} is needed.");

    public int Number(string name, int fallback) => _values.TryGetValue(name, out var text)
        ? int.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : throw new ArgumentException($"--{name} is '{text}'; it must be a whole number.")
        : fallback;
}
