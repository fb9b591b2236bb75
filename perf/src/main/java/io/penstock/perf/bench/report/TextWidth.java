package io.penstock.perf.bench.report;

/** About how wide a text will be: a picture is laid out before anybody knows the font that will draw it. */
final class TextWidth {

    /** Thousandths of the font's size for the characters from space to tilde, in Helvetica, Arial and Liberation Sans. */
    private static final int[] HELVETICA = {
        278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584,
        584, 584, 556, 1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667, 667,
        611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500,
        722, 500, 500, 500, 334, 260, 334, 584};

    /** For other characters: wide enough for Greek and Cyrillic, and for most signs. */
    private static final int OTHER = 700;

    /** Chinese, Japanese and Korean signs and pictures fill a square. */
    private static final int SQUARE = 1000;

    private static final int FIRST_SQUARE = 0x2E80;

    private static final double THOUSAND = 1000;

    /** DejaVu Sans and Verdana, the widest fonts in common use, are that much wider: labels may get more room than they need, never less. */
    private static final double WIDEST_FONT = 1.15;

    private static final String ELLIPSIS = "…";

    private TextWidth() {
    }

    /** @param size of the font, in pixels */
    static double of(final String text, final double size) {
        return text.codePoints().map(TextWidth::thousandths).sum() * size * WIDEST_FONT / THOUSAND;
    }

    /** As much of the text as fits. */
    static String clip(final String text, final double size, final double width) {
        if (of(text, size) <= width) {
            return text;
        }
        int end = text.length();
        while (end > 0 && of(text.substring(0, end) + ELLIPSIS, size) > width) {
            end = text.offsetByCodePoints(end, -1);
        }
        return text.substring(0, end).stripTrailing() + ELLIPSIS;
    }

    private static int thousandths(final int c) {
        if (c >= ' ' && c < ' ' + HELVETICA.length) {
            return HELVETICA[c - ' '];
        }
        return c >= FIRST_SQUARE ? SQUARE : OTHER;
    }
}
