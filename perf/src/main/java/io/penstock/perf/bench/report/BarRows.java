package io.penstock.perf.bench.report;

import java.util.List;

/** What both kinds of bars share: names at the left, an axis at the bottom, a legend at the top. */
final class BarRows {

    /** From one bar to the next, and the bar itself. */
    static final double ROW = 30;
    static final double BAR = 18;

    private static final double MOST_NAME = 300;
    private static final double LEGEND_ROW = 22;
    private static final double SWATCH = 13;

    /** Below the field: labels of the ticks and of the axis. */
    private static final double BOTTOM = 50;

    private BarRows() {
    }

    /** How wide the column of names is. */
    static double nameWidth(final List<String> names) {
        return Math.min(MOST_NAME, names.stream().mapToDouble(n -> TextWidth.of(n, ChartStyle.LABEL_SIZE)).max().orElse(0));
    }

    static void drawName(final Svg svg, final String name, final double right, final double middle) {
        svg.clippedText("name", right, middle + 4.5, "end", name, ChartStyle.LABEL_SIZE, MOST_NAME);
    }

    /**
     * Draws the axis and the line from which the bars grow.
     *
     * @return the height of the whole picture
     */
    static double drawAxis(final Svg svg, final Axis axis, final AxisScale scale, final double left, final double right, final double top,
            final double bottom) {
        Plot.drawHorizontal(svg, scale, left, right, top, bottom);
        svg.text("label", (left + right) / 2, bottom + 40, "middle", axis.caption());
        final double zero = left + scale.at(0) * (right - left);
        svg.line("axis", zero, top, zero, bottom);
        return bottom + BOTTOM;
    }

    /**
     * An entry of the legend.
     *
     * @param colour the number of its series, or below 0 for the mark of the targets
     */
    record Entry(int colour, String name) {
    }

    /**
     * Draws the entries side by side, in as many rows as they need.
     *
     * @return how high the legend is
     */
    static double drawLegend(final Svg svg, final List<Entry> entries, final String hatchPrefix) {
        double x = 0;
        double y = 0;
        for (final Entry entry : entries) {
            final double most = Picture.WIDTH - SWATCH - 8;
            final double width = SWATCH + 6 + Math.min(most, TextWidth.of(entry.name(), ChartStyle.LABEL_SIZE)) + 16;
            if (x > 0 && x + width > Picture.WIDTH) {
                x = 0;
                y += LEGEND_ROW;
            }
            if (entry.colour() < 0) {
                drawTarget(svg, x + SWATCH / 2, y + 8.5);
            } else {
                drawBar(svg, entry.colour(), x, y + 2, SWATCH, SWATCH, hatchPrefix);
            }
            svg.clippedText("name", x + SWATCH + 6, y + 13, "start", entry.name(), ChartStyle.LABEL_SIZE, most);
            x += width;
        }
        return entries.isEmpty() ? 0 : y + LEGEND_ROW + 6;
    }

    /** A bar or a part of one; in the second round of the colours with white lines across. */
    static void drawBar(final Svg svg, final int series, final double x, final double y, final double width, final double height, final String hatchPrefix) {
        svg.rect("edge f" + Palette.colour(series), x, y, width, height);
        if (Palette.isSecondRound(series)) {
            svg.element("rect", "fill", "url(#" + hatchPrefix + "hatch)", "x", x, "y", y, "width", width, "height", height);
        }
    }

    /** Defines what {@link #drawBar} fills the second round with. */
    static void defineHatch(final Svg svg, final String hatchPrefix) {
        svg.open("defs").open("pattern", "id", hatchPrefix + "hatch", "width", 7.0, "height", 7.0, "patternUnits", "userSpaceOnUse");
        svg.element("path", "class", "hatch", "d", "M-2 2l4 -4M0 7l7 -7M5 9l4 -4");
        svg.close().close();
    }

    /** The mark of a target: a line across the bar with a head, so that it is seen without colour and differs from a whisker. */
    static void drawTarget(final Svg svg, final double x, final double middle) {
        svg.line("target", x, middle - BAR / 2 - 2, x, middle + BAR / 2 + 2);
        svg.element("path", "class", "ink", "d", "M" + Svg.coordinate(x) + ' ' + Svg.coordinate(middle - BAR / 2) + "l-4.5 -5h9z");
    }
}
