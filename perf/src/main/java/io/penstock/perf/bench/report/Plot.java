package io.penstock.perf.bench.report;

import java.util.List;

/**
 * The field of a line chart with its axes.
 *
 * @param left the least x of the field in pixels, and so on; y grows downwards
 */
record Plot(double left, double top, double right, double bottom, AxisScale xScale, AxisScale yScale) {

    private static final double TICK_LENGTH = 4;

    /** Between two labels of the horizontal axis. */
    private static final double LABEL_SPACE = 12;

    private static final double LABEL_HEIGHT = 20;

    double x(final double value) {
        return left + xScale.at(value) * (right - left);
    }

    double y(final double value) {
        return bottom - yScale.at(value) * (bottom - top);
    }

    /** The labelled ticks of the vertical axis of this height. */
    static List<AxisScale.Tick> vertical(final AxisScale scale, final double height) {
        return TickFit.labelled(scale.ticks(), height, t -> LABEL_HEIGHT);
    }

    /** The labelled ticks of the horizontal axis of this width. */
    static List<AxisScale.Tick> horizontal(final AxisScale scale, final double width) {
        return TickFit.labelled(scale.ticks(), width, t -> TextWidth.of(t.label(), ChartStyle.TICK_SIZE) + LABEL_SPACE);
    }

    void drawAxes(final Svg svg, final Axis xAxis, final Axis yAxis) {
        for (final AxisScale.Tick tick : vertical(yScale, bottom - top)) {
            final double y = bottom - tick.at() * (bottom - top);
            svg.line("grid", left, y, right, y);
            svg.text("tick", left - 8, y + 4, "end", tick.label());
        }
        drawHorizontal(svg, xScale, left, right, top, bottom);
        svg.line("axis", left, top, left, bottom);
        svg.text("label", 0, top - 16, "start", yAxis.caption());
        svg.text("label", (left + right) / 2, bottom + 42, "middle", xAxis.caption());
    }

    /** The axis at the bottom with its grid. */
    static void drawHorizontal(final Svg svg, final AxisScale scale, final double left, final double right, final double top, final double bottom) {
        for (final AxisScale.Tick tick : scale.ticks()) {
            final double x = left + tick.at() * (right - left);
            svg.line("axis", x, bottom, x, bottom + TICK_LENGTH);
        }
        for (final AxisScale.Tick tick : horizontal(scale, right - left)) {
            final double x = left + tick.at() * (right - left);
            svg.line("grid", x, top, x, bottom);
            svg.text("tick", x, bottom + 18, "middle", tick.label());
        }
        svg.line("axis", left, bottom, right, bottom);
    }
}
