using System.Text.Json;

namespace Platform.Cli.Bench;

/// <summary>The report as JSON, for programs: all samples in the order they were taken.</summary>
internal static class JsonReport
{
    /// <summary>Named in the file; raised when a reader would have to change.</summary>
    public const string Schema = "platform-bench/1";

    /// <summary>Indented UTF-8.</summary>
    public static byte[] Of(BenchReport report)
    {
        using var memory = new MemoryStream();
        using (var json = new Utf8JsonWriter(memory, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
            Write(json, report);
        return memory.ToArray();
    }

    private static void Write(Utf8JsonWriter json, BenchReport report)
    {
        json.WriteStartObject();
        json.WriteString("schema", Schema);
        json.WriteString("title", report.Title);
        json.WriteStartObject("facts");
        foreach (var (name, value) in report.Facts)
            json.WriteString(name, value);
        json.WriteEndObject();
        WriteCeilings(json, report.Ceilings);
        json.WriteStartArray("rows");
        foreach (var row in report.Rows)
            WriteRow(json, row);
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (var note in report.Notes)
            json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteCeilings(Utf8JsonWriter json, Ceilings ceilings)
    {
        json.WriteStartObject("ceilings");
        foreach (var (_, key, _, values) in ceilings.All())
            Write(json, key, values);
        json.WriteEndObject();
    }

    private static void WriteRow(Utf8JsonWriter json, BenchRow row)
    {
        json.WriteStartObject();
        json.WriteString("section", row.Section);
        json.WriteString("name", row.Name);
        json.WriteString("unit", row.Unit);
        if (row.Batch > 0)
            json.WriteNumber("batch", row.Batch);
        if (row.Section is "decode" or "prefill")
            json.WriteNumber("context", row.Context);
        Write(json, "value", row.Values);
        if (row.Shares is { } shares)
            Write(json, "part_of_roofline", shares);
        if (row.Bound is { } bound)
            json.WriteString("bound", bound);
        if (row.Note is { } note)
            json.WriteString("note", note);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, string name, Samples samples)
    {
        json.WriteStartObject(name);
        json.WriteNumber("median", samples.Median);
        json.WriteNumber("least", samples.Least);
        json.WriteNumber("most", samples.Most);
        json.WriteStartArray("samples");
        foreach (var value in samples.Values)
            json.WriteNumberValue(value);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
