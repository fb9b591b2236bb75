package io.penstock.perf.bench.report;

import java.util.ArrayList;
import java.util.List;

/** Draws a {@link LineChart}: axes, reference lines, spread, lines, markers, and at the right the name of each line. */
final class LinePicture {

    private static final double TOP = 34;
    private static final double FIELD_HEIGHT = 350;

    /** Below the field: labels of the ticks and of the axis. */
    private static final double BOTTOM = 52;

    /** Right of the field: a sample of the line, then its name, which gets at most so much. */
    private static final double SAMPLE = 24;
    private static final double MOST_NAME = 230;
    private static final double LABEL_GAP = 18;

    /** A label at the end of a line is joined to it unless the line ended before this share of the axis: such a leader would look like data. */
    private static final double JOINED_FROM = 0.85;

    /** Lines of more points get markers at some of them only. */
    private static final int MOST_MARKERS = 28;
    private static final int SOME_MARKERS = 9;

    /** Lines of more points are thinner: they may be noise. */
    private static final int MOST_THICK = 120;

    /** Each point tells its values when pointed at; beyond this many the file would grow for nothing. */
    private static final int MOST_AIMS = 300;

    /** Half the width of the ends of whiskers. */
    private static final double CAP = 4;

    private final LineChart chart;
    private final Svg svg = new Svg();
    private final List<String> remarks = new ArrayList<>();
    private Plot plot;

    LinePicture(final LineChart chart) {
        this.chart = chart;
    }

    Picture draw() {
        final List<List<List<Point>>> lines = new ArrayList<>();
        chart.series().forEach(s -> lines.add(pieces(s)));
        plot = layOut();
        if (plot == null) {
            return Picture.nothing(chart.yAxis().caption() + " by " + chart.xAxis().caption());
        }
        plot.drawAxes(svg, chart.xAxis(), chart.yAxis());
        remark();
        for (final LineChart.Reference reference : shownReferences()) {
            svg.line("reference", plot.left(), plot.y(reference.y()), plot.right(), plot.y(reference.y()));
        }
        for (int i = 0; i < lines.size(); i++) {
            drawSpread(i, lines.get(i));
        }
        for (int i = 0; i < lines.size(); i++) {
            drawLine(i, lines.get(i));
        }
        drawNames(lines);
        double y = plot.bottom() + BOTTOM;
        for (final String remark : remarks) {
            y += Picture.LINE_HEIGHT;
            svg.text("small", 0, y - 5, "start", remark);
        }
        return new Picture(Picture.WIDTH, y + 2, svg.toString());
    }

    private Plot layOut() {
        final Extent xs = new Extent(chart.xAxis());
        final Extent ys = new Extent(chart.yAxis());
        for (final LineChart.Series series : chart.series()) {
            for (final Point point : series.points()) {
                if (isShown(point)) {
                    xs.add(point.x());
                    ys.add(point.y());
                    if (point.hasSpread()) {
                        ys.add(point.low());
                        ys.add(point.high());
                    }
                }
            }
        }
        if (xs.isEmpty()) {
            return null;
        }
        shownReferences().forEach(r -> ys.add(r.y()));
        final AxisScale yScale = AxisScale.of(chart.yAxis(), ys, FIELD_HEIGHT, true);
        final double left = 14 + Plot.vertical(yScale, FIELD_HEIGHT).stream().mapToDouble(t -> TextWidth.of(t.label(), ChartStyle.TICK_SIZE)).max().orElse(0);
        final double right = Picture.WIDTH - SAMPLE - 16 - nameWidth();
        return new Plot(left, TOP, right, TOP + FIELD_HEIGHT, AxisScale.of(chart.xAxis(), xs, right - left, false), yScale);
    }

    private double nameWidth() {
        double most = 0;
        for (final LineChart.Series series : chart.series()) {
            most = Math.max(most, TextWidth.of(series.name(), ChartStyle.LABEL_SIZE));
        }
        for (final LineChart.Reference reference : shownReferences()) {
            most = Math.max(most, TextWidth.of(reference.label(), ChartStyle.LABEL_SIZE));
        }
        return Math.min(most, MOST_NAME);
    }

    private boolean isShown(final Point point) {
        return AxisScale.shows(chart.xAxis(), point.x()) && AxisScale.shows(chart.yAxis(), point.y());
    }

    private List<LineChart.Reference> shownReferences() {
        return chart.references().stream().filter(r -> AxisScale.shows(chart.yAxis(), r.y())).toList();
    }

    /** The points of a line that can be drawn, divided where one in between cannot. */
    private List<List<Point>> pieces(final LineChart.Series series) {
        final List<List<Point>> pieces = new ArrayList<>();
        boolean isOpen = false;
        for (final Point point : series.points()) {
            if (!isShown(point)) {
                isOpen = false;
                continue;
            }
            if (!isOpen) {
                pieces.add(new ArrayList<>());
                isOpen = true;
            }
            pieces.getLast().add(point);
        }
        return pieces;
    }

    /** Says what the picture does not show or shows in an unusual way. */
    private void remark() {
        if (chart.yAxis().scale() == Axis.Scale.ZOOMED) {
            remarks.add("The vertical axis does not start at 0.");
        }
        int hidden = 0;
        for (final LineChart.Series series : chart.series()) {
            for (final Point point : series.points()) {
                hidden += isShown(point) || Double.isNaN(point.y()) ? 0 : 1;
            }
        }
        if (hidden > 0) {
            remarks.add((hidden == 1 ? "1 point is" : Numbers.count(hidden) + " points are") + " not drawn, because the axes cannot show "
                    + (hidden == 1 ? "it" : "them") + " (0 or less on a logarithmic axis, infinite); the figures below have "
                    + (hidden == 1 ? "it." : "them."));
        }
    }

    private void drawSpread(final int series, final List<List<Point>> pieces) {
        final int colour = Palette.colour(series);
        for (final List<Point> piece : pieces) {
            if (chart.spread() == LineChart.Spread.BAND) {
                drawBand(colour, piece);
                continue;
            }
            for (final Point point : piece) {
                if (point.hasSpread()) {
                    drawWhisker(colour, point);
                }
            }
        }
    }

    private void drawBand(final int colour, final List<Point> piece) {
        if (piece.stream().noneMatch(Point::hasSpread)) {
            return;
        }
        final StringBuilder path = new StringBuilder();
        for (final Point point : piece) {
            path.append(path.isEmpty() ? 'M' : 'L').append(position(point.x(), point.hasSpread() ? point.high() : point.y()));
        }
        for (final Point point : piece.reversed()) {
            path.append('L').append(position(point.x(), low(point)));
        }
        svg.element("path", "class", "band f" + colour, "d", path.append('Z'));
    }

    private void drawWhisker(final int colour, final Point point) {
        final String css = "whisker l" + colour;
        final double x = plot.x(point.x());
        final double high = plot.y(point.high());
        final double low = plot.y(low(point));
        svg.line(css, x, low, x, high);
        svg.line(css, x - CAP, high, x + CAP, high);
        // Without an end it goes on to where this axis cannot follow.
        if (AxisScale.shows(chart.yAxis(), point.low())) {
            svg.line(css, x - CAP, low, x + CAP, low);
        }
    }

    private void drawLine(final int series, final List<List<Point>> pieces) {
        final int points = pieces.stream().mapToInt(List::size).sum();
        final String css = css(series) + (points > MOST_THICK ? " thin" : "");
        for (final List<Point> piece : pieces) {
            if (piece.size() > 1) {
                final StringBuilder path = new StringBuilder();
                for (final Point point : piece) {
                    path.append(path.isEmpty() ? 'M' : 'L').append(position(point.x(), point.y()));
                }
                svg.element("path", "class", css, "d", path);
            }
        }
        // Lines start to have their markers at different points, so that they do not hide each other.
        final int every = points <= MOST_MARKERS ? 1 : points / SOME_MARKERS;
        final int aims = (points + MOST_AIMS - 1) / MOST_AIMS;
        final boolean hasMarkers = hasMarkers(points);
        int index = every == 1 ? 0 : series * every / Math.max(1, chart.series().size());
        for (final List<Point> piece : pieces) {
            for (final Point point : piece) {
                if (piece.size() == 1 || hasMarkers && index % every == 0) {
                    Markers.draw(svg, series, plot.x(point.x()), plot.y(point.y()));
                }
                if (index++ % aims == 0) {
                    drawAim(chart.series().get(series).name(), point);
                }
            }
        }
    }

    /** A long line that is alone needs none, and they would look like events. */
    private boolean hasMarkers(final int points) {
        return points <= MOST_MARKERS || chart.series().size() > 1;
    }

    private void drawAim(final String name, final Point point) {
        svg.open("circle", "class", "aim", "cx", plot.x(point.x()), "cy", plot.y(point.y()), "r", 7.0);
        svg.title(name + '\n' + ChartFigures.exact(chart.xAxis(), point.x()) + ' ' + chart.xAxis().unit() + ": "
                + Numbers.spread(point.y(), point.low(), point.high()) + ' ' + chart.yAxis().unit());
        svg.close();
    }

    private void drawNames(final List<List<List<Point>>> lines) {
        final List<Integer> named = new ArrayList<>();
        final List<Point> ends = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            if (!lines.get(i).isEmpty()) {
                named.add(i);
                ends.add(lines.get(i).getLast().getLast());
            }
        }
        final List<LineChart.Reference> references = shownReferences();
        final double[] wanted = new double[named.size() + references.size()];
        for (int i = 0; i < wanted.length; i++) {
            wanted[i] = plot.y(i < named.size() ? ends.get(i).y() : references.get(i - named.size()).y());
        }
        final double[] placed = Labels.spread(wanted, LABEL_GAP, plot.top(), plot.bottom());
        for (int i = 0; i < wanted.length; i++) {
            if (i < named.size()) {
                drawName(named.get(i), ends.get(i), wanted[i], placed[i]);
            } else {
                drawReferenceName(references.get(i - named.size()), wanted[i], placed[i]);
            }
        }
    }

    private void drawName(final int series, final Point end, final double from, final double y) {
        final double x = plot.right() + 12;
        final double lineEnd = plot.x(end.x());
        if (lineEnd >= plot.left() + JOINED_FROM * (plot.right() - plot.left())) {
            svg.line("leader l" + Palette.colour(series), lineEnd, from, x - 2, y);
        }
        svg.element("path", "class", css(series), "d", "M" + Svg.coordinate(x) + ' ' + Svg.coordinate(y) + 'h' + Svg.coordinate(SAMPLE - 4));
        if (hasMarkers(chart.series().get(series).points().size())) {
            Markers.draw(svg, series, x + SAMPLE / 2 - 2, y);
        }
        name(x, y, chart.series().get(series).name());
    }

    private void drawReferenceName(final LineChart.Reference reference, final double from, final double y) {
        final double x = plot.right() + 12;
        svg.line("reference", plot.right(), from, x - 1, y);
        svg.line("reference", x, y, x + SAMPLE - 4, y);
        name(x, y, reference.label());
    }

    private void name(final double x, final double y, final String text) {
        svg.clippedText("name", x + SAMPLE + 2, y + 4.5, "start", text, ChartStyle.LABEL_SIZE, MOST_NAME);
    }

    private double low(final Point point) {
        if (!point.hasSpread()) {
            return point.y();
        }
        // The least value that a logarithmic axis knows is moved to its start.
        return AxisScale.shows(chart.yAxis(), point.low()) ? point.low() : 1 / AxisScale.MOST;
    }

    private String position(final double x, final double y) {
        return Svg.coordinate(plot.x(x)) + ' ' + Svg.coordinate(plot.y(y));
    }

    private static String css(final int series) {
        return "curve l" + Palette.colour(series) + (Palette.isSecondRound(series) ? " second" : "");
    }
}
