package io.penstock.perf.bench.report;

/** How charts look, on light and dark screens and on paper. Without custom properties, which not every program that shows SVG files knows. */
final class ChartStyle {

    /** Sizes of the letters, in pixels; layouts are computed with them. */
    static final double LABEL_SIZE = 13;
    static final double TICK_SIZE = 12;

    /** Fonts with digits of one width whose letters are as wide as {@link TextWidth} thinks. */
    private static final String SHAPES = """
            .chart text{font-family:Arial,"Liberation Sans",Helvetica,"DejaVu Sans",sans-serif;font-size:13px;font-variant-numeric:tabular-nums}
            .chart .tick{font-size:12px}
            .chart .small{font-size:11.5px}
            .chart .strong{font-weight:bold}
            .chart line,.chart .curve,.chart .open{fill:none}
            .chart .curve{stroke-width:2;stroke-linejoin:round;stroke-linecap:round}
            .chart .thin{stroke-width:1.4}
            .chart .second{stroke-dasharray:7 5}
            .chart .whisker{stroke-width:1.4}
            .chart .leader{stroke-width:1;opacity:.7}
            .chart .band{opacity:.2;stroke:none}
            .chart .open{stroke-width:1.8}
            .chart .aim{fill:none;stroke:none;pointer-events:all}
            .chart .reference{stroke-width:1.5;stroke-dasharray:6 4}
            .chart .target{stroke-width:2.5}
            .chart .bracket{stroke-width:1.5}
            .chart .halo{paint-order:stroke;stroke-width:4px;stroke-linejoin:round}
            .chart .hatch{fill:none;stroke-width:2.5}
            """;

    private ChartStyle() {
    }

    static String css() {
        return SHAPES + colours("#fff", "#1f2328", "#57606a", "#e4e8ec", "#8c959f") + Palette.lightRules()
                + "@media screen and (prefers-color-scheme:dark){\n" + colours("#14181d", "#e6e9ed", "#a3acb6", "#2b323a", "#6b7580")
                + Palette.darkRules() + "}\n";
    }

    private static String colours(final String page, final String ink, final String quiet, final String grid, final String axis) {
        return ".chart .page{fill:" + page + "}.chart .open{fill:" + page + "}.chart .halo,.chart .edge,.chart .hatch{stroke:" + page + "}\n"
                + ".chart text,.chart .ink{fill:" + ink + "}.chart .target,.chart .bracket{stroke:" + ink + "}\n"
                + ".chart .tick,.chart .small{fill:" + quiet + "}.chart .reference{stroke:" + quiet + "}\n"
                + ".chart .grid{stroke:" + grid + "}.chart .axis{stroke:" + axis + "}\n";
    }
}
