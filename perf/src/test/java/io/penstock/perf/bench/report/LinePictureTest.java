package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.DoubleRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class LinePictureTest {

    @Test
    void shouldDrawEveryPointInsideTheAxes() {
        final Document svg = svg(Charts.throughput());
        final List<Element> aims = Xml.elements(svg, "circle", "aim");
        assertEquals(6, aims.size());
        checkInside(svg, aims);
        assertEquals("Penstock\n64 bytes: 1.24 (1.2 – 1.3) Mpps", aims.getFirst().getTextContent());
    }

    @Test
    void shouldLabelBothAxesWithUnitsAndEveryLine() {
        final Document svg = svg(Charts.throughput());
        assertEquals(List.of("Throughput [Mpps]", "Size [bytes]"), Xml.texts(svg, "text", "label"));
        assertEquals(List.of("Penstock", "kernel", "ceiling"), Xml.texts(svg, "text", "name"));
        assertEquals(List.of("0", "0.5", "1.0", "1.5", "2.0", "64", "128", "256", "512", "1024", "1518"), Xml.texts(svg, "text", "tick"));
    }

    @Test
    void shouldDrawAWhiskerWithTwoEndsForEachPointWithASpread() {
        assertEquals(3 * 3, Xml.elements(svg(Charts.throughput()), "line", "whisker").size());
    }

    @Test
    void shouldLeaveOutTheLowerEndWhenTheSpreadLeavesALogarithmicAxis() {
        final LineChart chart = Charts.lines(Axis.linear("x", ""), Axis.log("y", ""), LineChart.Spread.WHISKERS,
                List.of(new LineChart.Series("a", List.of(new Point(1, 5, 0, 8)))));
        final List<Element> whiskers = Xml.elements(svg(chart), "line", "whisker");
        assertEquals(2, whiskers.size());
        assertTrue(Xml.number(whiskers.getFirst(), "y1") > Xml.number(whiskers.getFirst(), "y2"));
    }

    @Test
    void shouldInterruptTheLineWhenAPointWasNotMeasured() {
        final Document svg = svg(Charts.lines(Axis.linear("x", ""), Axis.linear("y", ""), LineChart.Spread.BAND,
                List.of(Charts.series("a", 1, 1, 2, 2, 3, Double.NaN, 4, 4, 5, 5))));
        // Two pieces, and the sample beside the name.
        assertEquals(3, Xml.elements(svg, "path", "curve").size());
        assertEquals(List.of(), Xml.texts(svg, "text", "small"));
    }

    @Test
    void shouldSayWhatItDoesNotDraw() {
        final Document svg = svg(Charts.lines(Axis.log("x", ""), Axis.zoomed("y", ""), LineChart.Spread.BAND, List.of(Charts.series("a", 0, 1, 2, 2, -3, 4))));
        assertEquals(List.of("The vertical axis does not start at 0.",
                "2 points are not drawn, because the axes cannot show them (0 or less on a logarithmic axis, infinite); the figures below have them."),
                Xml.texts(svg, "text", "small"));
    }

    @Test
    void shouldSayThatNothingWasMeasuredWhenThereIsNoPoint() {
        final String expected = "Nothing was measured: y [Mpps] by x";
        final Axis y = Axis.linear("y", "Mpps");
        assertEquals(List.of(expected), Xml.texts(svg(Charts.lines(Axis.linear("x", ""), y, LineChart.Spread.BAND, List.of())), "text", "label"));
        assertEquals(List.of(expected), Xml.texts(svg(Charts.lines(Axis.linear("x", ""), y, LineChart.Spread.BAND,
                List.of(Charts.series("a", 1, Double.NaN)), new LineChart.Reference("budget", 3))), "text", "label"));
    }

    @Test
    void shouldDrawTheOnlyPointWhenThereIsOneOrAllAreEqual() {
        for (final Axis.Scale x : Axis.Scale.values()) {
            for (final Axis.Scale y : Axis.Scale.values()) {
                if (y != Axis.Scale.PERCENTILE) {
                    final Document svg = svg(Charts.lines(new Axis("x", "", x), new Axis("y", "", y), LineChart.Spread.WHISKERS,
                            List.of(Charts.series("a", 7, 3), Charts.series("b", 7, 3, 7, 3))));
                    checkInside(svg, Xml.elements(svg, "circle", "aim"));
                }
            }
        }
    }

    @Test
    void shouldKeepNamesApartWhenLinesEndAtTheSamePoint() {
        final List<LineChart.Series> series = new ArrayList<>();
        for (int i = 0; i < Chart.MOST_SERIES; i++) {
            series.add(Charts.series("s" + i, 1, 5, 2, 5));
        }
        final List<Element> names = Xml.elements(svg(Charts.lines(Axis.linear("x", ""), Axis.linear("y", ""), LineChart.Spread.BAND, series)), "text", "name");
        for (int i = 1; i < names.size(); i++) {
            assertTrue(Xml.number(names.get(i), "y") - Xml.number(names.get(i - 1), "y") >= 17.9);
        }
    }

    @Test
    void shouldShortenNamesAndTellThemInFullWhenPointedAt() {
        final String name = "a name that is much too long to be written beside a chart";
        final Element text = Xml.elements(svg(Charts.lines(Axis.linear("x", ""), Axis.linear("y", ""), LineChart.Spread.BAND,
                List.of(Charts.series(name, 1, 5)))), "text", "name").getFirst();
        assertEquals(name, text.getFirstChild().getTextContent());
        assertTrue(text.getLastChild().getTextContent().endsWith("…"));
    }

    @Property(tries = 100)
    void shouldDrawInsideTheAxesWhateverTheValues(@ForAll @Size(max = 30) final List<@DoubleRange(min = -1e15, max = 1e15) Double> values,
            @ForAll final Axis.Scale x, @ForAll final Axis.Scale y, @ForAll final LineChart.Spread spread) {
        if (y != Axis.Scale.PERCENTILE) {
            final List<Point> points = new ArrayList<>();
            for (int i = 0; i + 1 < values.size(); i += 2) {
                final double value = values.get(i + 1);
                points.add(new Point(values.get(i), value, value - Math.abs(value) / 3, value + 1));
            }
            final Document svg = svg(Charts.lines(new Axis("x", "", x), new Axis("y", "", y), spread, List.of(new LineChart.Series("a", points))));
            checkInside(svg, Xml.elements(svg, "circle", "aim"));
        }
    }

    private static void checkInside(final Document svg, final List<Element> aims) {
        for (final Element aim : aims) {
            final List<Element> axes = Xml.elements(svg, "line", "axis");
            final Element vertical = axes.getLast();
            final double right = axes.stream().mapToDouble(a -> Xml.number(a, "x2")).max().orElseThrow();
            assertTrue(Xml.number(aim, "cx") >= Xml.number(vertical, "x1") - 0.01 && Xml.number(aim, "cx") <= right + 0.01, () -> aim.getTextContent());
            assertTrue(Xml.number(aim, "cy") >= Xml.number(vertical, "y1") - 0.01 && Xml.number(aim, "cy") <= Xml.number(vertical, "y2") + 0.01,
                    () -> aim.getTextContent());
        }
    }

    private static Document svg(final LineChart chart) {
        return Xml.parse(ChartSvg.file(chart, 1));
    }
}
