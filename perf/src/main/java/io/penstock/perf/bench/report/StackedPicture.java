package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Draws a {@link StackedBarChart}. */
final class StackedPicture {

    private static final double GAP = 7;

    /** Left and right of a value inside its part. */
    private static final double PADDING = 4;

    private static final double PERCENT = 100;

    private final StackedBarChart chart;
    private final String hatchPrefix;
    private final Svg svg = new Svg();

    StackedPicture(final StackedBarChart chart, final int number) {
        this.chart = chart;
        hatchPrefix = "f" + number + '-';
    }

    Picture draw() {
        if (chart.bars().isEmpty()) {
            return Picture.nothing(chart.axis().caption());
        }
        final Extent extent = new Extent(chart.axis());
        chart.bars().forEach(b -> extent.add(b.total()));
        if (extent.isEmpty()) {
            extent.add(0);
        }
        if (chart.segments().size() > Palette.COLOURS) {
            BarRows.defineHatch(svg, hatchPrefix);
        }
        final List<BarRows.Entry> legend = new ArrayList<>();
        chart.segments().forEach(s -> legend.add(new BarRows.Entry(legend.size(), s)));
        final double left = BarRows.nameWidth(chart.bars().stream().map(StackedBarChart.Bar::name).toList()) + 12;
        final double totals = chart.bars().stream().mapToDouble(b -> TextWidth.of(Numbers.text(b.total()), ChartStyle.LABEL_SIZE)).max().orElse(0);
        final double right = Picture.WIDTH - totals - 3 * GAP;
        final double top = BarRows.drawLegend(svg, legend, hatchPrefix) + 4;
        final double bottom = top + chart.bars().size() * BarRows.ROW;
        final AxisScale scale = AxisScale.of(chart.axis(), extent, right - left, false);
        final double height = BarRows.drawAxis(svg, chart.axis(), scale, left, right, top, bottom);
        double y = top;
        for (final StackedBarChart.Bar bar : chart.bars()) {
            BarRows.drawName(svg, bar.name(), left - 10, y + BarRows.ROW / 2);
            drawBar(bar, scale, left, right - left, y + BarRows.ROW / 2);
            y += BarRows.ROW;
        }
        return new Picture(Picture.WIDTH, height, svg.toString());
    }

    private void drawBar(final StackedBarChart.Bar bar, final AxisScale scale, final double left, final double width, final double middle) {
        final double total = bar.total();
        double sum = 0;
        double x = left;
        for (int i = 0; i < chart.segments().size(); i++) {
            final double value = StackedBarChart.Bar.drawn(bar.values().get(i));
            sum += value;
            final double end = Math.max(x, left + scale.at(Math.min(sum, AxisScale.MOST)) * width);
            if (value > 0) {
                drawPart(bar, i, total, x, end, middle);
            }
            x = end;
        }
        svg.text("name strong halo", x + GAP, middle + 4.5, "start", total > 0 ? Numbers.text(total) : Numbers.text(Double.NaN));
    }

    private void drawPart(final StackedBarChart.Bar bar, final int segment, final double total, final double from, final double to, final double middle) {
        final double value = bar.values().get(segment);
        svg.open("g").title(bar.name() + '\n' + chart.segments().get(segment) + ": " + Numbers.text(value) + ' ' + chart.axis().unit() + ", "
                + Numbers.text(PERCENT * (value / total)) + " %");
        BarRows.drawBar(svg, segment, from, middle - BarRows.BAR / 2 - 2, to - from, BarRows.BAR + 4, hatchPrefix);
        final String text = Numbers.text(value);
        // On hatching nothing could be read.
        if (!Palette.isSecondRound(segment) && TextWidth.of(text, ChartStyle.TICK_SIZE) + 2 * PADDING <= to - from) {
            svg.text("tick t" + Palette.colour(segment), (from + to) / 2, middle + 4.5, "middle", text);
        }
        svg.close();
    }
}
