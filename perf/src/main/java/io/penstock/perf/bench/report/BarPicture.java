package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Draws a {@link BarChart}. */
final class BarPicture {

    private static final double GAP = 7;

    /** Half the height of the ends of whiskers. */
    private static final double CAP = 4;

    private final BarChart chart;
    private final String hatchPrefix;
    private final List<String> groups;
    private final Svg svg = new Svg();

    BarPicture(final BarChart chart, final int number) {
        this.chart = chart;
        hatchPrefix = "f" + number + '-';
        groups = chart.bars().stream().map(BarChart.Bar::group).distinct().toList();
    }

    Picture draw() {
        if (chart.bars().isEmpty()) {
            return Picture.nothing(chart.axis().caption());
        }
        final Extent extent = new Extent(chart.axis());
        for (final BarChart.Bar bar : chart.bars()) {
            extent.add(bar.value());
            extent.add(bar.target());
            if (bar.hasSpread()) {
                extent.add(bar.low());
                extent.add(bar.high());
            }
        }
        if (extent.isEmpty()) {
            extent.add(0);
        }
        if (groups.size() > Palette.COLOURS) {
            BarRows.defineHatch(svg, hatchPrefix);
        }
        final double left = BarRows.nameWidth(chart.bars().stream().map(BarChart.Bar::name).toList()) + 12;
        final double texts = chart.bars().stream().mapToDouble(b -> TextWidth.of(valueText(b), ChartStyle.LABEL_SIZE)).max().orElse(0);
        final double right = Picture.WIDTH - texts - 3 * GAP;
        final double top = BarRows.drawLegend(svg, legend(), hatchPrefix) + 8;
        final double bottom = top + chart.bars().size() * BarRows.ROW;
        final AxisScale scale = AxisScale.of(chart.axis(), extent, right - left, false);
        final double height = BarRows.drawAxis(svg, chart.axis(), scale, left, right, top, bottom);
        double y = top;
        for (final BarChart.Bar bar : chart.bars()) {
            svg.open("g").title(tooltip(bar));
            BarRows.drawName(svg, bar.name(), left - 10, y + BarRows.ROW / 2);
            drawBar(bar, scale, left, right - left, y + BarRows.ROW / 2);
            svg.close();
            y += BarRows.ROW;
        }
        return new Picture(Picture.WIDTH, height, svg.toString());
    }

    private List<BarRows.Entry> legend() {
        final List<BarRows.Entry> entries = new ArrayList<>();
        if (groups.size() > 1) {
            groups.forEach(g -> entries.add(new BarRows.Entry(groups.indexOf(g), g)));
        }
        if (chart.bars().stream().anyMatch(b -> AxisScale.shows(chart.axis(), b.target()))) {
            entries.add(new BarRows.Entry(-1, chart.targetLabel()));
        }
        return entries;
    }

    private void drawBar(final BarChart.Bar bar, final AxisScale scale, final double left, final double width, final double middle) {
        final double zero = left + scale.at(0) * width;
        double end = zero;
        if (AxisScale.shows(chart.axis(), bar.value())) {
            final double x = left + scale.at(bar.value()) * width;
            BarRows.drawBar(svg, groups.indexOf(bar.group()), Math.min(zero, x), middle - BarRows.BAR / 2, Math.abs(x - zero), BarRows.BAR, hatchPrefix);
            end = Math.max(zero, x);
        }
        if (bar.hasSpread() && AxisScale.shows(chart.axis(), bar.low()) && AxisScale.shows(chart.axis(), bar.high())) {
            final double low = left + scale.at(bar.low()) * width;
            final double high = left + scale.at(bar.high()) * width;
            svg.line("bracket", low, middle, high, middle);
            svg.line("bracket", low, middle - CAP, low, middle + CAP);
            svg.line("bracket", high, middle - CAP, high, middle + CAP);
            end = Math.max(end, high);
        }
        double text = end + GAP;
        if (AxisScale.shows(chart.axis(), bar.target())) {
            final double target = left + scale.at(bar.target()) * width;
            BarRows.drawTarget(svg, target, middle);
            // The value goes behind a mark that would stand in it.
            if (target > text - GAP - 3 && target < text + TextWidth.of(valueText(bar), ChartStyle.LABEL_SIZE) + GAP) {
                text = target + GAP + 2;
            }
        }
        svg.text("name halo", text, middle + 4.5, "start", valueText(bar));
    }

    private static String valueText(final BarChart.Bar bar) {
        return Numbers.text(bar.value());
    }

    private String tooltip(final BarChart.Bar bar) {
        final String target = Double.isNaN(bar.target()) ? "" : "\n" + chart.targetLabel() + ": " + Numbers.text(bar.target());
        final String group = bar.group().isEmpty() ? "" : " (" + bar.group() + ')';
        return bar.name() + group + ": " + Numbers.spread(bar.value(), bar.low(), bar.high()) + ' ' + chart.axis().unit() + target;
    }
}
