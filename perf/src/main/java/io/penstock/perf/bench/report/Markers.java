package io.penstock.perf.bench.report;

/** The signs at the points of lines: a different shape for each colour. */
final class Markers {

    /** Outlines around 0, all of about the same area. */
    private static final String[] SHAPES = {
        "m-4.2 0a4.2 4.2 0 1 0 8.4 0a4.2 4.2 0 1 0 -8.4 0z",
        "m-3.8 -3.8h7.6v7.6h-7.6z",
        "m0 -5l4.8 8.4h-9.6z",
        "m0 -5.4l5 5.4l-5 5.4l-5 -5.4z",
        "m0 5l4.8 -8.4h-9.6z",
        "m-1.7 -5h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3v-3.4h3.3z",
        "m-4.7 -2.3l2.4 -2.4l2.3 2.3l2.3 -2.3l2.4 2.4l-2.3 2.3l2.3 2.3l-2.4 2.4l-2.3 -2.3l-2.3 2.3l-2.4 -2.4l2.3 -2.3z",
        "m0 -5l4.9 3.5l-1.9 5.7h-6l-1.9 -5.7z"};

    private Markers() {
    }

    /** Draws the marker of a series. */
    static void draw(final Svg svg, final int series, final double x, final double y) {
        final int colour = Palette.colour(series);
        final String css = Palette.isSecondRound(series) ? "open h" + colour : "f" + colour;
        svg.element("path", "class", css, "d", 'M' + Svg.coordinate(x) + ' ' + Svg.coordinate(y) + SHAPES[colour]);
    }
}
