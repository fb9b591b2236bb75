package io.penstock.perf.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes a document as one HTML file that fetches nothing and runs nothing: charts and styles are inside. The file is well-formed XML as well.
 */
public final class HtmlWriter {

    private final StringBuilder out = new StringBuilder();
    private final Anchors anchors;
    private int figures;
    private int tables;

    private HtmlWriter(final Document document) {
        anchors = new Anchors(document.title());
    }

    /** Replaces the file if there is one; makes its folder if there is none. */
    public static void write(final Document document, final Path file) throws IOException {
        Files.createDirectories(file.toAbsolutePath().getParent());
        Files.writeString(file, text(document), StandardCharsets.UTF_8);
    }

    static String text(final Document document) {
        return new HtmlWriter(document).page(document);
    }

    private String page(final Document document) {
        out.append("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n")
                .append("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n<title>").append(Markup.escape(document.title()))
                .append("</title>\n<style>\n").append(PageStyle.css()).append(ChartStyle.css()).append("</style>\n</head>\n<body>\n<div class=\"sheet\">\n")
                .append("<header>\n<h1>").append(prose(document.title())).append("</h1>\n");
        if (!document.subtitle().isEmpty()) {
            out.append("<p class=\"subtitle\">").append(prose(document.subtitle())).append("</p>\n");
        }
        out.append("</header>\n");
        contents(document);
        out.append("<main>\n");
        document.blocks().forEach(this::block);
        return out.append("</main>\n</div>\n</body>\n</html>\n").toString();
    }

    private void contents(final Document document) {
        final List<Contents.Entry> entries = Contents.of(document);
        if (entries.isEmpty()) {
            return;
        }
        out.append("<nav aria-label=\"").append(Anchors.CONTENTS).append("\">\n<h2>").append(Anchors.CONTENTS).append("</h2>\n<ul>\n");
        boolean isInside = false;
        boolean isOpen = false;
        for (final Contents.Entry entry : entries) {
            if (entry.isInner() && !isInside) {
                out.append(isOpen ? "\n<ul>\n" : "<li>\n<ul>\n");
            } else if (!entry.isInner()) {
                out.append(isInside ? "</li>\n</ul>\n</li>\n" : isOpen ? "</li>\n" : "");
            } else {
                out.append("</li>\n");
            }
            isInside = entry.isInner();
            isOpen = true;
            out.append("<li><a href=\"#").append(Markup.escape(entry.anchor())).append("\">").append(prose(entry.text())).append("</a>");
        }
        out.append(isInside ? "</li>\n</ul>\n</li>\n" : "</li>\n").append("</ul>\n</nav>\n");
    }

    private void block(final Document.Block block) {
        switch (block) {
            case final Document.Heading heading -> heading(heading);
            case final Document.Paragraph paragraph -> out.append("<p>").append(prose(paragraph.text())).append("</p>\n");
            case final Document.Items items -> {
                out.append("<ul>\n");
                items.items().forEach(i -> out.append("<li>").append(prose(i)).append("</li>\n"));
                out.append("</ul>\n");
            }
            case final Document.Code code -> out.append("<pre><code>").append(Markup.escape(code.text())).append("</code></pre>\n");
            case final Document.TableBlock table -> table(table.table());
            case final Document.ChartBlock chart -> chart(chart.chart());
            case final Document.Note note -> {
                final boolean isWarning = note.kind() == Document.Kind.WARNING;
                out.append(isWarning ? "<aside class=\"warning\"><b>Warning:</b> " : "<aside><b>Note:</b> ").append(prose(note.text())).append("</aside>\n");
            }
        }
    }

    private void heading(final Document.Heading heading) {
        final String tag = "h" + (heading.level() + 1);
        out.append('<').append(tag).append(" id=\"").append(Markup.escape(anchors.next(heading.text()))).append("\">").append(prose(heading.text()))
                .append("</").append(tag).append(">\n");
    }

    private void table(final Table table) {
        tables++;
        // A dot is in no heading's name.
        out.append("<figure id=\"table.").append(tables).append("\">\n<figcaption><b>Table ").append(tables).append(".</b> ").append(prose(table.caption()))
                .append("</figcaption>\n");
        grid(table, "Table " + tables);
        out.append("</figure>\n");
    }

    private void chart(final Chart chart) {
        figures++;
        out.append("<figure class=\"figure\" id=\"figure.").append(figures).append("\">\n<figcaption><b>Figure ").append(figures).append(".</b> ")
                .append(prose(chart.title()));
        if (!chart.note().isEmpty()) {
            out.append("<span class=\"note\">").append(prose(chart.note())).append("</span>");
        }
        out.append("</figcaption>\n<div class=\"scroll\">\n").append(ChartSvg.inline(chart, figures)).append("</div>\n");
        final Table data = ChartFigures.of(chart);
        if (!data.rows().isEmpty()) {
            out.append("<details>\n<summary>Data of figure ").append(figures).append(": ").append(prose(data.caption())).append("</summary>\n");
            grid(data, "Data of figure " + figures);
            out.append("</details>\n");
        }
        out.append("</figure>\n");
    }

    private void grid(final Table table, final String name) {
        // Who has no pointer scrolls what has the focus.
        out.append("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"").append(name).append("\">\n<table>\n<thead>\n<tr>");
        for (final Column column : table.columns()) {
            out.append("<th scope=\"col\"").append(column.isNumeric() ? " class=\"number\">" : ">").append(prose(column.title()));
            if (!column.unit().isEmpty()) {
                out.append(" <span class=\"unit\">[").append(Markup.escape(column.unit())).append("]</span>");
            }
            out.append("</th>");
        }
        out.append("</tr>\n</thead>\n<tbody>\n");
        for (final List<Cell> row : table.rows()) {
            out.append("<tr>");
            for (int i = 0; i < row.size(); i++) {
                out.append(table.columns().get(i).isNumeric() ? "<td class=\"number\">" : "<td>");
                cell(row.get(i));
                out.append("</td>");
            }
            out.append("</tr>\n");
        }
        if (table.rows().isEmpty()) {
            out.append("<tr><td class=\"none\" colspan=\"").append(table.columns().size()).append("\">no rows</td></tr>\n");
        }
        out.append("</tbody>\n</table>\n</div>\n");
    }

    private void cell(final Cell cell) {
        out.append(prose(cell.text()));
        cell.verdict().ifPresent(verdict -> {
            final String css = switch (verdict) {
                case MET -> "verdict met";
                case NOT_MET -> "verdict missed";
                case NOT_MEASURED, ABSENT -> "verdict";
            };
            out.append(cell.text().isEmpty() ? "" : " ").append("<span class=\"").append(css).append("\"><span aria-hidden=\"true\">").append(verdict.sign())
                    .append("</span> ").append(verdict.word()).append("</span>");
        });
    }

    private static String prose(final String text) {
        return Markup.prose(text, Markup::escape, code -> "<code>" + Markup.escape(code) + "</code>");
    }
}
