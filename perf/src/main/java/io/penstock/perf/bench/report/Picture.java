package io.penstock.perf.bench.report;

/**
 * A drawn chart without its outermost element.
 *
 * @param width in pixels at its natural size
 * @param height in pixels at its natural size
 * @param body elements of SVG
 */
record Picture(double width, double height, String body) {

    /** As wide as a column of text and as GitHub shows a file. */
    static final double WIDTH = 820;

    /** From one line of small text below a picture to the next. */
    static final double LINE_HEIGHT = 17;

    /** A picture without data says so. */
    static Picture nothing(final String what) {
        final Svg svg = new Svg().text("label", WIDTH / 2, 40, "middle", "Nothing was measured: " + what);
        return new Picture(WIDTH, 70, svg.toString());
    }
}
