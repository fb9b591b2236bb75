package io.penstock.perf.bench.report;

/** Makes SVG of charts. */
final class ChartSvg {

    /** Around a picture that is a file of its own. */
    private static final double MARGIN = 12;

    private ChartSvg() {
    }

    /**
     * An element for a page of HTML that has {@link ChartStyle#css}.
     *
     * @param number different for every chart of the page
     */
    static String inline(final Chart chart, final int number) {
        final Picture picture = draw(chart, number);
        return start(chart, 0, picture.width(), picture.height(), "") + picture.body() + "</svg>\n";
    }

    /** A file of its own. */
    static String file(final Chart chart, final int number) {
        final Picture picture = draw(chart, number);
        final double width = picture.width() + 2 * MARGIN;
        final double height = picture.height() + 2 * MARGIN;
        final Svg page = new Svg().rect("page", -MARGIN, -MARGIN, width, height);
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + start(chart, -MARGIN, width, height, "xmlns=\"http://www.w3.org/2000/svg\" width=\""
                + Svg.coordinate(width) + "\" height=\"" + Svg.coordinate(height) + "\" ")
                + "<title>" + Markup.escape(chart.title()) + "</title>\n<style>\n" + ChartStyle.css() + "</style>\n" + page + '\n'
                + picture.body() + "</svg>\n";
    }

    static Picture draw(final Chart chart, final int number) {
        return switch (chart) {
            case final LineChart line -> new LinePicture(line).draw();
            case final BarChart bars -> new BarPicture(bars, number).draw();
            case final StackedBarChart stacked -> new StackedPicture(stacked, number).draw();
        };
    }

    private static String start(final Chart chart, final double origin, final double width, final double height, final String attributes) {
        return "<svg " + attributes + "class=\"chart\" viewBox=\"" + Svg.coordinate(origin) + ' ' + Svg.coordinate(origin) + ' '
                + Svg.coordinate(width) + ' ' + Svg.coordinate(height) + "\" role=\"img\" aria-label=\"" + Markup.escape(chart.title()) + "\">\n";
    }
}
