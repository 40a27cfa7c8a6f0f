using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Platform.Gateway.Errors;

/// <summary>What was accepted but has no effect; told in a header of the answer. At most <see cref="MaxCount"/> are kept.</summary>
internal sealed class Warnings
{
    public const string Header = "x-platform-warnings";

    private const int MaxCount = 32;
    private const int MaxLength = 120;

    private readonly List<string> _entries = [];
    private int _total;

    public int Count => _total;

    /// <summary>Notes a field that nothing here reads.</summary>
    public void Unknown(string path) => Add($"unknown field ignored: {path}");

    public void Add(string entry)
    {
        _total++;
        if (_entries.Count < MaxCount)
            _entries.Add(Printable(entry));
    }

    public void WriteTo(HttpResponse response)
    {
        if (_total == 0)
            return;
        var more = _total > _entries.Count
            ? string.Create(CultureInfo.InvariantCulture, $"; and {_total - _entries.Count} more")
            : "";
        response.Headers[Header] = string.Join("; ", _entries) + more;
    }

    // A header takes printable ASCII; field names are the caller's and may be anything.
    private static string Printable(string entry)
    {
        var text = new StringBuilder(Math.Min(entry.Length, MaxLength));
        foreach (var c in entry)
        {
            if (text.Length >= MaxLength)
                return text.Append("...").ToString();
            if (c is >= ' ' and < '\x7f' and not ';')
                text.Append(c);
            else
                text.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return text.ToString();
    }
}
