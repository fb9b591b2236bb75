package io.penstock.perf.bench.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Writes a document as Markdown of GitHub's flavour, with its charts as SVG files in the folder {@code charts} beside it. */
public final class MarkdownWriter {

    /** The folder of charts. */
    public static final String CHARTS = "charts";

    private static final Pattern CHART = Pattern.compile("figure-(\\d{1,9})\\.svg");

    private final StringBuilder out = new StringBuilder();
    private final List<Chart> charts = new ArrayList<>();
    private int tables;

    private MarkdownWriter() {
    }

    /** Replaces the file and its charts if there are any, also those that it has no more; makes the folders that are missing. */
    public static void write(final Document document, final Path file) throws IOException {
        final MarkdownWriter writer = new MarkdownWriter();
        final String text = writer.page(document);
        final Path folder = file.toAbsolutePath().getParent().resolve(CHARTS);
        Files.createDirectories(writer.charts.isEmpty() ? folder.getParent() : folder);
        for (int i = 0; i < writer.charts.size(); i++) {
            Files.writeString(folder.resolve(chartName(i + 1)), ChartSvg.file(writer.charts.get(i), i + 1), StandardCharsets.UTF_8);
        }
        Files.writeString(file, text, StandardCharsets.UTF_8);
        removeBeyond(writer.charts.size(), folder);
    }

    /** What an earlier document had more of, nobody refers to. */
    private static void removeBeyond(final int charts, final Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return;
        }
        final List<Path> there;
        try (Stream<Path> files = Files.list(folder)) {
            there = files.toList();
        }
        for (final Path file : there) {
            final Matcher name = CHART.matcher(file.getFileName().toString());
            if (name.matches() && Integer.parseInt(name.group(1)) > charts) {
                Files.delete(file);
            }
        }
    }

    static String text(final Document document) {
        return new MarkdownWriter().page(document);
    }

    private String page(final Document document) {
        out.append("# ").append(line(document.title())).append("\n\n");
        if (!document.subtitle().isEmpty()) {
            out.append(prose(document.subtitle())).append("\n\n");
        }
        final List<Contents.Entry> entries = Contents.of(document);
        if (!entries.isEmpty()) {
            out.append("## ").append(Anchors.CONTENTS).append("\n\n");
            entries.forEach(e -> out.append(e.isInner() ? "  - [" : "- [").append(line(e.text())).append("](#").append(e.anchor()).append(")\n"));
            out.append('\n');
        }
        document.blocks().forEach(this::block);
        // One line end at the end of the file.
        out.setLength(out.length() - 1);
        return out.toString();
    }

    private void block(final Document.Block block) {
        switch (block) {
            case final Document.Heading heading -> out.append("#".repeat(heading.level() + 1)).append(' ').append(line(heading.text())).append("\n\n");
            case final Document.Paragraph paragraph -> out.append(prose(paragraph.text())).append("\n\n");
            case final Document.Items items -> {
                items.items().forEach(i -> out.append("- ").append(line(i)).append('\n'));
                out.append('\n');
            }
            case final Document.Code code -> code(code);
            case final Document.TableBlock table -> {
                out.append("**Table ").append(++tables).append(".** ").append(line(table.table().caption())).append("\n\n");
                grid(table.table());
            }
            case final Document.ChartBlock chart -> chart(chart.chart());
            case final Document.Note note -> out.append(note.kind() == Document.Kind.WARNING ? "> [!WARNING]\n> " : "> [!NOTE]\n> ")
                    .append(line(note.text())).append("\n\n");
        }
    }

    private void code(final Document.Code code) {
        final String text = Markup.clean(code.text());
        String fence = "```";
        while (text.contains(fence)) {
            fence += "`";
        }
        out.append(fence).append(code.language().replaceAll("[^A-Za-z0-9_+-]", "")).append('\n').append(text);
        out.append(text.endsWith("\n") ? "" : "\n").append(fence).append("\n\n");
    }

    private void chart(final Chart chart) {
        charts.add(chart);
        final int number = charts.size();
        out.append("**Figure ").append(number).append(".** ").append(line(chart.title())).append('\n');
        if (!chart.note().isEmpty()) {
            // Two spaces at the end of a line are lost in many editors, a backslash is not.
            out.setLength(out.length() - 1);
            out.append("\\\n").append(line(chart.note())).append('\n');
        }
        out.append("\n![").append(line(chart.title())).append("](").append(CHARTS).append('/').append(chartName(number)).append(")\n\n");
        final Table data = ChartFigures.of(chart);
        if (!data.rows().isEmpty()) {
            out.append("<details>\n<summary>Data of figure ").append(number).append(": ")
                    .append(Markup.escape(data.caption()).replace('\n', ' ')).append("</summary>\n\n");
            grid(data);
            out.append("</details>\n\n");
        }
    }

    private void grid(final Table table) {
        out.append('|');
        for (final Column column : table.columns()) {
            final String unit = column.unit().isEmpty() ? "" : " [" + column.unit() + ']';
            out.append(' ').append(cell(column.title() + unit)).append(" |");
        }
        out.append("\n|");
        table.columns().forEach(c -> out.append(c.isNumeric() ? " ---: |" : " --- |"));
        out.append('\n');
        for (final List<Cell> row : table.rows()) {
            out.append('|');
            for (final Cell cell : row) {
                final String verdict = cell.verdict().map(v -> v.sign() + ' ' + v.word()).orElse("");
                final String text = cell(cell.text());
                out.append(' ').append(text).append(text.isEmpty() || verdict.isEmpty() ? "" : " ").append(verdict).append(" |");
            }
            out.append('\n');
        }
        out.append('\n');
    }

    private static String chartName(final int number) {
        return "figure-" + number + ".svg";
    }

    /** Prose that must stay in one line. */
    private static String line(final String text) {
        return prose(text.replaceAll("\\R", " "));
    }

    private static String cell(final String text) {
        final String line = text.replaceAll("\\R", " ").strip();
        // A table is cut at its bars before anything else is looked at, so those in code are escaped too.
        return Markup.prose(line, MarkdownText::cell, code -> MarkdownText.code(code).replace("|", "\\|"));
    }

    private static String prose(final String text) {
        return Markup.prose(text, MarkdownText::plain, MarkdownText::code);
    }
}
