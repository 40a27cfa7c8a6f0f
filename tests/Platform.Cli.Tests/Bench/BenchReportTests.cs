using System.Text.Json;
using System.Xml.Linq;
using Platform.Cli.Bench;
using Spectre.Console;

namespace Platform.Cli.Tests.Bench;

public sealed class BenchReportTests
{
    private static BenchReport Report { get; } = new()
    {
        Title = "a <shape> & more",
        Facts = [("machine", "an \"odd\" <processor>"), ("threads", "2")],
        Ceilings = new Ceilings(Samples.Of(1e9), Samples.Of(2e9), Samples.Of(1.5e9), Samples.Of(3e9), null, null, null),
        Rows =
        [
            new BenchRow
            {
                Section = "decode", Name = "batch 1, context 0", Unit = "tok/s", Values = Samples.Of(30, 32, 40), Shares = Samples.Of(0.7, 0.8, 0.9), Bound = "bytes", Batch = 1,
            },
            new BenchRow { Section = "decode", Name = "batch 8 & <all>", Unit = "tok/s", Values = Samples.Of(130, 135, 140), Shares = Samples.Of(0.4, 0.5, 0.6), Bound = "bytes", Batch = 8 },
            new BenchRow { Section = "load and memory", Name = "load and pack", Unit = "s", Values = Samples.Of(6) },
            new BenchRow { Section = "mixed load", Name = "p99, disturbed over quiet", Unit = "", Values = Samples.Of(2.5), Note = "at most 3" },
        ],
        Notes = ["Contexts are filled & so on, a sentence that is longer than the eighty columns a terminal has by its nature."],
    };

    [Fact]
    public void The_page_is_well_formed_whatever_the_names_contain_and_draws_a_bar_for_each_row_of_a_chart()
    {
        var page = XDocument.Parse(HtmlReport.Of(Report));
        var bars = page.Descendants().Where(element => element.Name.LocalName == "rect" && (string?)element.Attribute("class") == "bar").ToList();
        Assert.Equal(2, bars.Count);
        Assert.Contains(page.Descendants(), element => element.Value == "a <shape> & more");
        Assert.Equal(135.0 / 32, Size(bars[1]) / Size(bars[0]), 0.02);

        static double Size(XElement bar) => double.Parse(bar.Attribute("width")!.Value, System.Globalization.CultureInfo.InvariantCulture);
    }

    [Fact]
    public void The_page_needs_nothing_from_elsewhere()
    {
        var page = HtmlReport.Of(Report);
        Assert.DoesNotContain("http", page, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<script", page, StringComparison.OrdinalIgnoreCase);
        Assert.InRange(page.Length, 1, 60_000);
    }

    [Fact]
    public void The_json_holds_every_sample_in_order_under_a_named_schema()
    {
        using var json = JsonDocument.Parse(JsonReport.Of(Report));
        Assert.Equal(JsonReport.Schema, json.RootElement.GetProperty("schema").GetString());
        var rows = json.RootElement.GetProperty("rows");
        Assert.Equal(Report.Rows.Count, rows.GetArrayLength());
        Assert.Equal([30, 32, 40], rows[0].GetProperty("value").GetProperty("samples").EnumerateArray().Select(value => value.GetDouble()));
        Assert.Equal(0.8, rows[0].GetProperty("part_of_roofline").GetProperty("median").GetDouble());
        Assert.Equal("bytes", rows[0].GetProperty("bound").GetString());
        Assert.Equal(2e9, json.RootElement.GetProperty("ceilings").GetProperty("read_all_threads_bytes_per_second").GetProperty("median").GetDouble());
    }

    [Fact]
    public void No_line_at_the_terminal_is_longer_than_eighty_columns()
    {
        var text = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, ColorSystem = ColorSystemSupport.NoColors, Out = new AnsiConsoleOutput(text) });
        console.Profile.Width = 200;
        TextReport.Write(console, Report);
        var lines = text.ToString().Split('\n');
        Assert.Contains(lines, line => line.Contains("batch 8 & <all>", StringComparison.Ordinal) && line.Contains("50 %", StringComparison.Ordinal));
        Assert.All(lines.Where(line => !line.StartsWith("Contexts", StringComparison.Ordinal)), line => Assert.InRange(line.TrimEnd().Length, 0, 80));
    }

    [Fact]
    public void A_ratio_pairs_rounds_and_not_medians()
    {
        var above = Report.Rows[1] with { Values = Samples.Of(10, 40, 90) };
        var below = Report.Rows[0] with { Values = Samples.Of(10, 20, 30) };
        Assert.Equal([1, 2, 3], HybridBench.Ratio("r", above, below, null).Values.Values);
    }

    [Fact]
    public void Even_routing_has_all_the_entropy_there_is()
    {
        Assert.Equal(3, RoutingTap.Entropy([5, 5, 5, 5, 5, 5, 5, 5]), 1e-12);
        Assert.Equal(0, RoutingTap.Entropy([9, 0, 0, 0]), 1e-12);
    }

    [Fact]
    public void A_decode_step_counts_only_between_two_steps_of_the_whole_batch()
    {
        var second = System.Diagnostics.Stopwatch.Frequency;
        StepMark[] marks = [new(0, 0, 64), new(second, 4, 0), new(3 * second, 4, 0), new(4 * second, 4, 128), new(5 * second, 4, 0), new(5 * second + second / 2, 4, 0), new(9 * second, 3, 0)];
        Assert.Equal([2, 0.5], StepMark.DecodeSeconds(marks, 4));
    }
}
