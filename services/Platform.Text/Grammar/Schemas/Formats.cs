namespace Platform.Text.Grammar;

/// <summary>
/// The formats that strings may have, as expressions. Each describes common forms and may leave out rarer valid ones, such as 29 February
/// or abbreviated IPv6 addresses; none describes an invalid one.
/// </summary>
internal static class Formats
{
    private const string Date = "[12][0-9]{3}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8]))";
    private const string Time = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-](0[0-9]|1[0-3]):[0-5][0-9])";
    private const string Label = "[A-Za-z0-9]{1,16}(-[A-Za-z0-9]{1,16}){0,2}";
    private const string Byte = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static readonly Dictionary<string, string> Expressions = new(StringComparer.Ordinal)
    {
        ["date"] = Date,
        ["time"] = Time,
        ["date-time"] = $"{Date}T{Time}",
        ["duration"] = "P([0-9]{1,9}W|[0-9]{1,9}D(T[0-9]{1,9}[HMS])?|T([0-9]{1,9}H([0-9]{1,9}M([0-9]{1,9}S)?)?|[0-9]{1,9}M([0-9]{1,9}S)?|[0-9]{1,9}S)" +
            "|[0-9]{1,9}Y([0-9]{1,9}M([0-9]{1,9}D)?)?|[0-9]{1,9}M([0-9]{1,9}D)?)",
        ["email"] = $"[A-Za-z0-9_+-]{{1,32}}(\\.[A-Za-z0-9_+-]{{1,16}}){{0,1}}@{Label}(\\.{Label}){{1,3}}",
        ["hostname"] = $"{Label}(\\.{Label}){{0,4}}",
        ["ipv4"] = $"{Byte}(\\.{Byte}){{3}}",
        ["ipv6"] = "[0-9a-fA-F]{1,4}(:[0-9a-fA-F]{1,4}){7}",
        ["uuid"] = "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}",
        ["uri"] = $"https?://{Label}(\\.{Label}){{0,4}}(:[1-9][0-9]{{0,3}})?(/[A-Za-z0-9._~-]{{0,64}}){{0,8}}(\\?[A-Za-z0-9._~=&-]{{0,128}})?(#[A-Za-z0-9._~-]{{0,64}})?",
    };

    /// <summary>The expression of a format; it describes the whole string.</summary>
    public static string Find(Conjunct schema, string format) =>
        Expressions.TryGetValue(format, out string? expression)
            ? expression
            : throw schema.Wrong("format", $"this format is not supported. Supported are {string.Join(", ", Expressions.Keys)}; or use a pattern.");
}
