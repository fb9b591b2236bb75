package io.penstock.perf.bench.report;

import java.util.List;

/**
 * The colours of the charts: those of Okabe and Ito ("Color Universal Design", 2008) but for their yellow, which nobody sees on white, and lightened for dark
 * pages. Any two of them are at least 16 apart (CIE76, on dark pages 10) for eyes of each of the three dichromacies as Machado, Oliveira and Fernandes (2009)
 * simulate them.
 * A second round of the same colours differs in dash, in hatch and in the hollowness of the markers.
 */
final class Palette {

    /** Different colours. */
    static final int COLOURS = 8;

    /** The first four are the farthest apart. */
    static final List<String> LIGHT = List.of("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#7A4A1E");
    static final List<String> DARK = List.of("#4AA3E0", "#E8702A", "#1FB88F", "#E59CC8", "#F0B83A", "#1F6FC4", "#F2F2F2", "#B07A50");

    /** Signs on these colours are white, on the others black: whichever has the higher contrast, at least 4.9 to 1. */
    private static final List<Integer> WHITE_ON_LIGHT = List.of(0, 6, 7);
    private static final List<Integer> WHITE_ON_DARK = List.of(5);

    private Palette() {
    }

    /** Refuses a chart that nobody could read. */
    static void requireEnough(final String what, final String chart, final int count) {
        if (count > Chart.MOST_SERIES) {
            throw new IllegalArgumentException("too many " + what + " to tell apart: chart=" + chart + ' ' + what + '=' + count + " limit="
                    + Chart.MOST_SERIES + "; split it into several charts");
        }
    }

    /** The number in the names of the classes {@code l} (line), {@code f} (filled), {@code h} (hollow) and {@code t} (text on it). */
    static int colour(final int series) {
        return series % COLOURS;
    }

    /** Whether the colour had its turn before. */
    static boolean isSecondRound(final int series) {
        return series >= COLOURS;
    }

    static String lightRules() {
        return rules(LIGHT, WHITE_ON_LIGHT);
    }

    static String darkRules() {
        return rules(DARK, WHITE_ON_DARK);
    }

    private static String rules(final List<String> colours, final List<Integer> white) {
        final StringBuilder css = new StringBuilder();
        for (int i = 0; i < COLOURS; i++) {
            final String colour = colours.get(i);
            css.append(".chart .l").append(i).append(",.chart .h").append(i).append("{stroke:").append(colour).append("}")
                    .append(".chart .f").append(i).append("{fill:").append(colour).append("}")
                    .append(".chart .t").append(i).append("{fill:").append(white.contains(i) ? "#fff" : "#000").append("}\n");
        }
        return css.toString();
    }
}
