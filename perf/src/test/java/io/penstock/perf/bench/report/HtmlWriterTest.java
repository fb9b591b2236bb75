package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Element;

final class HtmlWriterTest {

    @TempDir
    private Path folder;

    @Test
    void shouldBeWellFormedAndShowEveryTextAsItIsWhateverItHolds() {
        final org.w3c.dom.Document html = html(Charts.nasty());
        final String shown = Charts.NASTY.replace("`", "");
        assertEquals(List.of(shown), Xml.texts(html, "h1", ""));
        assertEquals(List.of(Charts.NASTY), Xml.texts(html, "pre", ""));
        assertEquals(List.of("Note: " + shown, "Warning: " + shown), Xml.texts(html, "aside", ""));
        assertEquals(shown, Xml.elements(html, "td", "").getFirst().getTextContent().replace(" ✔ met", ""));
        assertEquals(3, Xml.elements(html, "svg", "").size());
    }

    @Test
    void shouldReplaceWhatNoFileOfXmlCanHold() {
        final String odd = "a\u0000b\uD800c\uFFFE";
        assertEquals(List.of("a\uFFFDb\uFFFDc\uFFFD"), Xml.texts(html(new Document(odd, "")), "h1", ""));
    }

    @Test
    void shouldFetchAndRunNothing() {
        final String text = HtmlWriter.text(Charts.nasty());
        for (final String word : List.of("<script", "<link", "<img", "http:", "https:", "@import", "url(h")) {
            assertFalse(text.contains(word), word);
        }
    }

    @Test
    void shouldNumberFiguresAndTablesAndLinkEveryEntryOfTheContents() {
        final Document document = new Document("T", "").heading(1, "Wire").chart(Charts.bars()).heading(2, "Wire").chart(Charts.stacked())
                .heading(2, "???").heading(1, "Engine").heading(3, "Detail").table(new Table("None", List.of(Column.text("a")), List.of()));
        final org.w3c.dom.Document html = html(document);
        assertEquals(List.of("Figure 1. Costs", "Figure 2. Stages", "Table 1. None"), Xml.texts(html, "figcaption", ""));
        assertEquals(List.of("no rows"), Xml.texts(html, "td", "none"));
        final List<String> targets = Xml.elements(html, "a", "").stream().map(a -> a.getAttribute("href")).toList();
        assertEquals(List.of("#wire", "#wire-1", "#section", "#engine"), targets);
        final Set<String> ids = new HashSet<>();
        for (final Element element : Xml.elements(html, "*", "")) {
            final String id = element.getAttribute("id");
            assertTrue(id.isEmpty() || ids.add(id), () -> "twice: " + id);
        }
        targets.forEach(t -> assertTrue(ids.contains(t.substring(1)), t));
    }

    @Test
    void shouldNestTheContentsWhenTheFirstHeadingIsAnInnerOne() {
        assertEquals(List.of("#b", "#a", "#c"), Xml.elements(html(new Document("T", "").heading(2, "b").heading(1, "a").heading(2, "c")), "a", "").stream()
                .map(a -> a.getAttribute("href")).toList());
    }

    @Test
    void shouldShowAVerdictByWordAndSign() {
        final Table table = new Table("Budgets", List.of(Column.number("Cost", "ns")), List.of(
                List.of(Cell.number(18.2).with(Verdict.MET)), List.of(Cell.verdict(Verdict.NOT_MET)), List.of(Cell.number(Double.NaN)),
                List.of(Cell.verdict(Verdict.ABSENT))));
        assertEquals(List.of("18.2 ✔ met", "✘ not met", "○ not measured", "– absent"), Xml.texts(html(new Document("T", "").table(table)), "td", "number"));
    }

    @Test
    void shouldAddTheFiguresOfAChartAsATable() {
        final org.w3c.dom.Document html = html(new Document("T", "").chart(Charts.throughput()));
        assertEquals(List.of("Data of figure 1: Throughput; ceiling: 1.6"), Xml.texts(html, "summary", ""));
        assertEquals(List.of("64", "1.24 (1.2 – 1.3)", "0.6", "512", "1.1 (1 – 1.15)", "0.55", "1518", "0.8 (0.7 – 0.9)", "0.41"), Xml.texts(html, "td", ""));
    }

    @Test
    void shouldWriteTheSameBytesAgain() throws IOException {
        final Path file = folder.resolve("new").resolve("report.html");
        HtmlWriter.write(Charts.nasty(), file);
        final String first = Files.readString(file);
        HtmlWriter.write(Charts.nasty(), file);
        assertEquals(first, Files.readString(file));
        Xml.parse(first);
    }

    @Test
    void shouldRefuseWhatDoesNotFit() {
        assertEquals("no such level of heading: level=4 text=x; use 1 to 3",
                assertThrows(IllegalArgumentException.class, () -> new Document("T", "").heading(4, "x")).getMessage());
        assertEquals("a row does not fit its table: caption=c row=0 cells=2 columns=1; give every row a cell for each column",
                assertThrows(IllegalArgumentException.class,
                        () -> new Table("c", List.of(Column.text("a")), List.of(List.of(Cell.empty(), Cell.empty())))).getMessage());
        assertEquals("an axis needs a label: unit=ns; say what it shows",
                assertThrows(IllegalArgumentException.class, () -> Axis.linear(" ", "ns")).getMessage());
    }

    private static org.w3c.dom.Document html(final Document document) {
        return Xml.parse(HtmlWriter.text(document));
    }
}
