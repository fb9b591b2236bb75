package io.penstock.perf.bench.report;

import java.util.ArrayDeque;
import java.util.Deque;

/** Writes the elements of a picture: escaped, closed in order, and with coordinates that are numbers. */
final class Svg {

    /** Hundredths of a pixel are finer than any screen or printer shows. */
    private static final double COORDINATE_STEPS = 100;

    private final StringBuilder out = new StringBuilder();
    private final Deque<String> open = new ArrayDeque<>();

    /**
     * Starts an element.
     *
     * @param attributes names and values in turn; a {@link Double} is a coordinate
     */
    Svg open(final String name, final Object... attributes) {
        tag(name, attributes).append('>');
        open.push(name);
        return this;
    }

    Svg close() {
        out.append("</").append(open.pop()).append('>');
        if (open.size() <= 1) {
            out.append('\n');
        }
        return this;
    }

    /** An element without content. */
    Svg element(final String name, final Object... attributes) {
        tag(name, attributes).append("/>");
        return this;
    }

    /** What a pointer that rests on the open element is told. */
    Svg title(final String text) {
        out.append("<title>").append(Markup.escape(text)).append("</title>");
        return this;
    }

    Svg line(final String css, final double x1, final double y1, final double x2, final double y2) {
        return element("line", "class", css, "x1", x1, "y1", y1, "x2", x2, "y2", y2);
    }

    Svg rect(final String css, final double x, final double y, final double width, final double height) {
        return element("rect", "class", css, "x", x, "y", y, "width", width, "height", height);
    }

    /**
     * A line of text.
     *
     * @param anchor {@code start}, {@code middle} or {@code end}, which is at {@code x}
     */
    Svg text(final String css, final double x, final double y, final String anchor, final String text) {
        open("text", "class", css, "x", x, "y", y, "text-anchor", anchor);
        out.append(Markup.escape(text));
        return close();
    }

    /** Text no wider than {@code width}: what does not fit is replaced by an ellipsis and shown in full when pointed at. */
    Svg clippedText(final String css, final double x, final double y, final String anchor, final String text, final double size, final double width) {
        final String shown = TextWidth.clip(text, size, width);
        if (shown.equals(text)) {
            return text(css, x, y, anchor, text);
        }
        open("text", "class", css, "x", x, "y", y, "text-anchor", anchor);
        title(text);
        out.append(Markup.escape(shown));
        return close();
    }

    /** A coordinate in as few digits as it needs. */
    static String coordinate(final double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalStateException("a coordinate is not a number: value=" + value);
        }
        final long steps = Math.round(value * COORDINATE_STEPS);
        final long whole = steps / (long) COORDINATE_STEPS;
        final long part = Math.abs(steps % (long) COORDINATE_STEPS);
        final String sign = steps < 0 && whole == 0 ? "-" : "";
        if (part == 0) {
            return sign + whole;
        }
        return sign + whole + '.' + (part % 10 == 0 ? Long.toString(part / 10) : (part < 10 ? "0" : "") + part);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private StringBuilder tag(final String name, final Object... attributes) {
        out.append('<').append(name);
        for (int i = 0; i < attributes.length; i += 2) {
            final String value = attributes[i + 1] instanceof final Double number ? coordinate(number) : attributes[i + 1].toString();
            out.append(' ').append(attributes[i]).append("=\"").append(Markup.escape(value)).append('"');
        }
        return out;
    }
}
