/**
 * A document of headings, text, tables and charts, written as one HTML file that needs nothing else and as a Markdown file with its charts beside it.
 *
 * <pre>
 *  Document ─ text, list, code, note ──────────────────────────────────┬─► HtmlWriter ─────► report.html, charts inside
 *     ├─ Table ─ Column, Cell, Verdict ────────────────────────────────┤
 *     └─ Chart                                                         └─► MarkdownWriter ─► report.md, charts/figure-N.svg
 *          ├─ LineChart ───────► LinePicture ────┐                     ▲
 *          ├─ BarChart ────────► BarPicture ─────┼─► ChartSvg ─────────┤
 *          ├─ StackedBarChart ─► StackedPicture ─┘                     │
 *          └─ all of them ─────► ChartFigures, a Table of the numbers ─┘
 *
 *  The pictures: Axis ─► AxisScale (Linear, Log, Percentile) ─► TickFit ─► Plot, BarRows; Labels, Markers, TextWidth, Palette; written by Svg
 * </pre>
 *
 * <p>Control code that measures nothing and knows nothing of Penstock. The same document always becomes the same bytes: no clock, no random number,
 * no locale, no order of a hash. Public is the model, {@link io.penstock.perf.bench.report.Numbers} and the two writers. Everything may be used by any
 * thread, a {@link io.penstock.perf.bench.report.Document} by one at a time.
 */
package io.penstock.perf.bench.report;
