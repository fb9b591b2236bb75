package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class MarkdownWriterTest {

    @TempDir
    private Path folder;

    @Test
    void shouldWriteATableThatGitHubReads() {
        final Table table = new Table("Budgets", List.of(Column.text("Stage"), Column.number("Cost", "ns")), List.of(
                List.of(Cell.text("a | b\n`c|d` <e> &amp;"), Cell.spread(18.2, 17.9, 18.6).with(Verdict.NOT_MET))));
        assertEquals("""
                # T

                **Table 1.** Budgets

                | Stage | Cost [ns] |
                | --- | ---: |
                | a \\| b `c\\|d` &lt;e> &amp;amp; | 18.2 (17.9 – 18.6) ✘ not met |
                """, MarkdownWriter.text(new Document("T", "").table(table)));
    }

    @Test
    void shouldWriteEveryKindOfBlock() {
        final Document document = new Document("T", "sub").heading(1, "A b").heading(2, "C").text("text").list(List.of("x", "y")).code("sh", "run")
                .note(Document.Kind.WARNING, "care").note(Document.Kind.INFO, "so");
        assertEquals("""
                # T

                sub

                ## Contents

                - [A b](#a-b)
                  - [C](#c)

                ## A b

                ### C

                text

                - x
                - y

                ```sh
                run
                ```

                > [!WARNING]
                > care

                > [!NOTE]
                > so
                """, MarkdownWriter.text(document));
    }

    @Test
    void shouldShowSignsAsTheyAreWhenTheyWouldMeanSomething() {
        assertEquals("\\*a\\* snake_case \\_b\\_ 3 &lt; 4 & c \\~d\\~ \\$e\\$ [f] [g\\](h)", MarkdownText.plain("*a* snake_case _b_ 3 < 4 & c ~d~ $e$ [f] [g](h)"));
        assertEquals("\\# a\n\\- b\n1\\. c\n\\> d\n\\+ e\n\\---\n#6 f\n1.5 g", MarkdownText.plain("# a\n- b\n1. c\n> d\n+ e\n---\n#6 f\n1.5 g"));
        assertEquals("-1.5", MarkdownText.plain("-1.5"));
        assertEquals("a \\` b", MarkdownText.plain("a ` b"));
    }

    @Test
    void shouldFenceCodeLongerThanAnyFenceInIt() {
        assertTrue(MarkdownWriter.text(new Document("T", "").code("", "```\nx\n```")).contains("````\n```\nx\n```\n````\n"));
    }

    @Test
    void shouldPutChartsBesideTheFileAndReferToThem() throws IOException {
        final Path file = folder.resolve("out").resolve("report.md");
        MarkdownWriter.write(new Document("T", "").chart(Charts.throughput()).chart(Charts.bars()), file);
        final String text = Files.readString(file);
        assertTrue(text.contains("**Figure 1.** Title\\\nNote\n\n![Title](charts/figure-1.svg)\n\n<details>\n"), text);
        assertTrue(text.contains("**Figure 2.** Costs\n\n![Costs](charts/figure-2.svg)\n"), text);
        for (final String name : List.of("figure-1.svg", "figure-2.svg")) {
            Xml.parse(Files.readString(file.resolveSibling("charts").resolve(name)));
        }
    }

    @Test
    void shouldRemoveTheChartsThatADocumentHasNoMore() throws IOException {
        final Path file = folder.resolve("report.md");
        MarkdownWriter.write(new Document("T", "").chart(Charts.throughput()).chart(Charts.bars()), file);
        Files.writeString(folder.resolve("charts/figure-of-mine.svg"), "mine");
        MarkdownWriter.write(new Document("T", "").chart(Charts.bars()), file);
        try (Stream<Path> files = Files.list(folder.resolve("charts"))) {
            assertEquals(List.of("figure-1.svg", "figure-of-mine.svg"), files.map(chart -> chart.getFileName().toString()).sorted().toList());
        }
        MarkdownWriter.write(new Document("T", ""), file);
        assertFalse(Files.exists(folder.resolve("charts/figure-1.svg")));
    }

    @Test
    void shouldMakeNoFolderWhenThereIsNoChart() throws IOException {
        MarkdownWriter.write(new Document("T", ""), folder.resolve("report.md"));
        assertFalse(Files.exists(folder.resolve("charts")));
        assertEquals("# T\n", Files.readString(folder.resolve("report.md")));
    }

    @Test
    void shouldWriteTheSameBytesAgain() throws IOException {
        final Path file = folder.resolve("report.md");
        MarkdownWriter.write(Charts.nasty(), file);
        final String first = Files.readString(file);
        final String chart = Files.readString(folder.resolve("charts/figure-3.svg"));
        MarkdownWriter.write(Charts.nasty(), file);
        assertEquals(first, Files.readString(file));
        assertEquals(chart, Files.readString(folder.resolve("charts/figure-3.svg")));
        assertTrue(first.startsWith("# a&lt;b> &"), first);
    }
}
