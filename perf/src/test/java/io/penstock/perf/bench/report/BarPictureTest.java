package io.penstock.perf.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

final class BarPictureTest {

    @Test
    void shouldStartEveryBarAtZeroAndMakeItAsLongAsItsValue() {
        final List<Element> bars = Xml.elements(svg(Charts.bars()), "rect", "edge").stream().filter(e -> Xml.number(e, "height") == BarRows.BAR).toList();
        assertEquals(2, bars.size());
        assertEquals(Xml.number(bars.getFirst(), "x"), Xml.number(bars.getLast(), "x"));
        assertEquals(63 / 7.3, Xml.number(bars.getLast(), "width") / Xml.number(bars.getFirst(), "width"), 0.01);
    }

    @Test
    void shouldWriteTheValueAtEachBarAndThatItWasNotMeasured() {
        assertEquals(List.of("7.3", "63", "not measured"), Xml.texts(svg(Charts.bars()), "text", "halo"));
    }

    @Test
    void shouldExplainTheMarksAndTheColoursWhenThereAreSome() {
        assertEquals(List.of("", "Penstock", "budget"), Xml.texts(svg(Charts.bars()), "text", "name").subList(0, 3));
        final BarChart plain = new BarChart("Costs", "", Axis.linear("Cost", "ns"), "budget", List.of(BarChart.Bar.of("parse", 7)));
        assertEquals(List.of("parse", "7"), Xml.texts(svg(plain), "text", "name"));
    }

    @Test
    void shouldWriteTheValueBehindTheMarkWhenTheMarkWouldStandInIt() {
        final BarChart chart = new BarChart("Costs", "", Axis.linear("Cost", "ns"), "budget",
                List.of(BarChart.Bar.of("a", 100).withTarget(103), BarChart.Bar.of("b", 20).withTarget(100)));
        final Document svg = svg(chart);
        final List<Element> values = Xml.elements(svg, "text", "halo");
        final List<Element> marks = Xml.elements(svg, "line", "target");
        // The first mark is the legend's.
        assertTrue(Xml.number(values.getFirst(), "x") > Xml.number(marks.get(1), "x1"));
        assertTrue(Xml.number(values.getLast(), "x") < Xml.number(marks.getLast(), "x1"));
    }

    @Test
    void shouldStayInsideThePictureWhenNamesAreLongAndValuesHugeNegativeOrAbsent() {
        final BarChart chart = new BarChart("Costs", "", Axis.linear("Cost", "ns"), "budget", List.of(
                BarChart.Bar.of("a long name ".repeat(20), 1e300).withSpread(-1e300, 1e300).withTarget(1e299), BarChart.Bar.of("b", -5),
                BarChart.Bar.of("c", Double.POSITIVE_INFINITY), BarChart.Bar.of("d", Double.NaN), BarChart.Bar.of("e", 0)));
        for (final Element rect : Xml.elements(svg(chart), "rect", "edge")) {
            assertTrue(Xml.number(rect, "x") >= 0 && Xml.number(rect, "x") + Xml.number(rect, "width") <= Picture.WIDTH);
        }
    }

    @Test
    void shouldSayThatNothingWasMeasuredWhenThereIsNoBar() {
        assertEquals(List.of("Nothing was measured: Cost [ns]"),
                Xml.texts(svg(new BarChart("Costs", "", Axis.linear("Cost", "ns"), "", List.of())), "text", "label"));
        assertEquals(List.of("Nothing was measured: Cost [ns]"),
                Xml.texts(svg(new StackedBarChart("Costs", "", Axis.linear("Cost", "ns"), List.of("a"), List.of())), "text", "label"));
    }

    @Test
    void shouldPutThePartsOfABarBesideEachOther() {
        final List<Element> parts = Xml.elements(svg(Charts.stacked()), "rect", "edge").stream().filter(e -> Xml.number(e, "height") > BarRows.BAR).toList();
        // The part that is not a number is left out.
        assertEquals(5, parts.size());
        assertEquals(Xml.number(parts.getFirst(), "x") + Xml.number(parts.getFirst(), "width"), Xml.number(parts.get(1), "x"), 0.02);
        assertEquals(20.0 / 7, Xml.number(parts.get(1), "width") / Xml.number(parts.getFirst(), "width"), 0.01);
        assertEquals(List.of("36", "97"), Xml.texts(svg(Charts.stacked()), "text", "halo"));
    }

    @Test
    void shouldHatchWhenTheColoursAreUsedUp() {
        final List<String> names = new ArrayList<>();
        final List<Double> values = new ArrayList<>();
        for (int i = 0; i < Chart.MOST_SERIES; i++) {
            names.add("segment number " + i);
            values.add(1.0);
        }
        final Document svg = svg(new StackedBarChart("Stages", "", Axis.linear("Cost", "ns"), names, List.of(new StackedBarChart.Bar("a", values))));
        assertEquals(1, Xml.elements(svg, "pattern", "").size());
        // In the legend and in the bar.
        assertEquals(2 * (Chart.MOST_SERIES - Palette.COLOURS),
                Xml.elements(svg, "rect", "").stream().filter(e -> e.getAttribute("fill").equals("url(#f7-hatch)")).count());
    }

    @Test
    void shouldRefuseBarsWhenTheirAxisDoesNotStartAtZero() {
        assertEquals("bars need an axis that starts at 0: chart=Costs scale=LOG; use Axis.linear",
                assertThrows(IllegalArgumentException.class, () -> new BarChart("Costs", "", Axis.log("Cost", "ns"), "", List.of())).getMessage());
    }

    @Test
    void shouldRefuseAChartWhenNobodyCouldTellItsColoursApart() {
        final List<String> names = new ArrayList<>();
        for (int i = 0; i <= Chart.MOST_SERIES; i++) {
            names.add("s" + i);
        }
        assertEquals("too many segments to tell apart: chart=Stages segments=17 limit=16; split it into several charts",
                assertThrows(IllegalArgumentException.class,
                        () -> new StackedBarChart("Stages", "", Axis.linear("Cost", "ns"), names, List.of())).getMessage());
    }

    @Test
    void shouldRefuseABarWhenItDoesNotFitItsSegments() {
        assertEquals("a bar does not fit its chart: chart=Stages bar=a values=1 segments=2; give it a value for each segment",
                assertThrows(IllegalArgumentException.class, () -> new StackedBarChart("Stages", "", Axis.linear("Cost", "ns"), List.of("x", "y"),
                        List.of(new StackedBarChart.Bar("a", List.of(1.0))))).getMessage());
    }

    private static Document svg(final Chart chart) {
        return Xml.parse(ChartSvg.file(chart, 7));
    }
}
