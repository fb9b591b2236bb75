package io.penstock.perf.bench.report;

import java.util.function.UnaryOperator;

/** Text made safe for XML and HTML. */
final class Markup {

    /** Stands for what XML cannot hold: control characters and half surrogates. */
    private static final int REPLACEMENT = 0xFFFD;

    private Markup() {
    }

    /** The text as the content of an element or the value of an attribute in double quotes. */
    static String escape(final String text) {
        final StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> out.append("&lt;");
                case '>' -> out.append("&gt;");
                case '&' -> out.append("&amp;");
                case '"' -> out.append("&quot;");
                case '\'' -> out.append("&#39;");
                default -> out.appendCodePoint(isXml(c) ? c : REPLACEMENT);
            }
        });
        return out.toString();
    }

    /** The text without what XML and UTF-8 cannot hold. */
    static String clean(final String text) {
        return text.codePoints().map(c -> isXml(c) ? c : REPLACEMENT)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append).toString();
    }

    /** Prose with its words between backticks handled by {@code code}, everything else by {@code plain}; a backtick without its second is plain. */
    static String prose(final String text, final UnaryOperator<String> plain, final UnaryOperator<String> code) {
        final StringBuilder out = new StringBuilder();
        int from = 0;
        while (true) {
            final int open = text.indexOf('`', from);
            final int close = open < 0 ? -1 : text.indexOf('`', open + 1);
            if (close < 0) {
                return out.append(plain.apply(text.substring(from))).toString();
            }
            out.append(plain.apply(text.substring(from, open)));
            // Two backticks in a row hold nothing that could be shown as code.
            out.append(close == open + 1 ? plain.apply("``") : code.apply(text.substring(open + 1, close)));
            from = close + 1;
        }
    }

    /** XML 1.0, section 2.2. */
    private static boolean isXml(final int c) {
        return c == '\t' || c == '\n' || c == '\r' || c >= ' ' && c < 0xD800 || c > 0xDFFF && c < 0xFFFE || c > 0xFFFF;
    }
}
