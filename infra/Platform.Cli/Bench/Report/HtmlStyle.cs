namespace Platform.Cli.Bench;

/// <summary>How the page looks.</summary>
internal static class HtmlStyle
{
    public const string Sheet = """

        :root { color-scheme: light dark; --paper: #fbfaf7; --card: #ffffff; --ink: #1c1b19; --dim: #77736b; --line: #e7e3da; --bar: #0f7b6c; --track: #dcebe7; --roof: #c2410c; }
        @media (prefers-color-scheme: dark) {
          :root { --paper: #131416; --card: #1b1d20; --ink: #ecebe8; --dim: #95928b; --line: #2c2f33; --bar: #35b79f; --track: #21413b; --roof: #fb923c; }
        }
        * { box-sizing: border-box; }
        body { margin: 0; background: var(--paper); color: var(--ink); font: 15px/1.5 ui-sans-serif, system-ui, "Segoe UI", Roboto, sans-serif; font-variant-numeric: tabular-nums; }
        main { max-width: 820px; margin: 0 auto; padding: 56px 24px 72px; }
        header { margin-bottom: 32px; }
        .kind { margin: 0; color: var(--bar); font-weight: 600; letter-spacing: .02em; }
        h1 { margin: 2px 0 6px; font-size: 34px; line-height: 1.15; letter-spacing: -.02em; }
        .lead { margin: 0; color: var(--dim); }
        section { background: var(--card); border: 1px solid var(--line); border-radius: 14px; padding: 20px 24px 16px; margin: 0 0 18px; }
        h2 { margin: 0 0 10px; font-size: 16px; font-weight: 650; }
        h2::first-letter { text-transform: uppercase; }
        .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 16px 20px; padding: 20px 24px; }
        .tiles b { font-size: 25px; font-weight: 650; letter-spacing: -.02em; }
        .tiles i { font-style: normal; color: var(--dim); font-size: 13px; margin-left: 5px; }
        .tiles span { display: block; color: var(--dim); font-size: 12.5px; line-height: 1.35; }
        svg { display: block; width: 100%; height: auto; font-size: 13px; overflow: visible; }
        svg text { fill: var(--ink); }
        svg .name { text-anchor: end; }
        svg .value { font-weight: 600; }
        svg .unit { fill: var(--dim); font-weight: 400; }
        svg .share { fill: var(--roof); font-weight: 600; }
        .track { fill: var(--track); }
        .bar { fill: var(--bar); }
        .range { stroke: var(--ink); stroke-width: 1.5; stroke-opacity: .55; }
        .roof { stroke: var(--roof); stroke-width: 2; }
        table { width: 100%; border-collapse: collapse; font-size: 14px; margin: 4px 0; }
        th { text-align: left; font-weight: 400; }
        th, td { padding: 5px 10px 5px 0; border-top: 1px solid var(--line); vertical-align: baseline; }
        tr:first-child > * { border-top: 0; }
        .rows { table-layout: fixed; }
        .rows th { width: 44%; }
        .facts th { color: var(--dim); width: 150px; }
        .facts td { overflow-wrap: anywhere; }
        .dim { color: var(--dim); font-size: 13.5px; }
        @media (max-width: 560px) { main { padding: 28px 12px; } section { padding: 16px 14px; } h1 { font-size: 27px; } }

        """;
}
