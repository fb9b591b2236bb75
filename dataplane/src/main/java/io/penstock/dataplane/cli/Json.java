package io.penstock.dataplane.cli;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * Writes one JSON value in one line, front to back.
 *
 * <pre>
 *   new Json().object().field("n", 1).name("ports").array().value("lan").end().end().toString()
 * </pre>
 *
 * <p>A misuse that would not make JSON, such as a value without a name in an object, throws {@link IllegalStateException}.
 * Threads: one. Source: RFC 8259.
 */
public final class Json {

    private static final int MAX_DEPTH = 63;
    private static final int DECIMALS = 6;

    private final StringBuilder out = new StringBuilder(256);
    /** A bit for each open level: 1 for an object, the innermost lowest. */
    private long objects;
    private int depth;
    private boolean first = true;
    private boolean named;

    /** Opens an object. */
    public Json object() {
        return open('{', 1);
    }

    /** Opens an array. */
    public Json array() {
        return open('[', 0);
    }

    /** Closes what was opened last. */
    public Json end() {
        if (depth == 0 || named) {
            throw new IllegalStateException(named ? "a name without a value: " + out : "nothing is open: " + out);
        }
        out.append((objects & 1) == 1 ? '}' : ']');
        objects >>>= 1;
        depth--;
        first = false;
        return this;
    }

    /** Names the next value of an object. */
    public Json name(final String name) {
        if (depth == 0 || (objects & 1) == 0 || named) {
            throw new IllegalStateException("no place for the name '" + name + "': " + out);
        }
        separate();
        quote(name);
        out.append(':');
        named = true;
        return this;
    }

    /** A string, or {@code null}. */
    public Json value(final String value) {
        before();
        if (value == null) {
            out.append("null");
        } else {
            quote(value);
        }
        return this;
    }

    /** A whole number. */
    public Json value(final long value) {
        before();
        out.append(value);
        return this;
    }

    /** A number with up to six decimals; JSON has no infinities. */
    public Json value(final double value) {
        if (!Double.isFinite(value)) {
            throw new IllegalArgumentException("JSON has no number " + value);
        }
        before();
        final BigDecimal rounded =
                BigDecimal.valueOf(value).setScale(DECIMALS, RoundingMode.HALF_EVEN).stripTrailingZeros();
        out.append(rounded.toPlainString());
        return this;
    }

    /** {@code true} or {@code false}. */
    public Json value(final boolean value) {
        before();
        out.append(value);
        return this;
    }

    /** A named string, or {@code null}. */
    public Json field(final String name, final String value) {
        return name(name).value(value);
    }

    /** A named whole number. */
    public Json field(final String name, final long value) {
        return name(name).value(value);
    }

    /** A named number. */
    public Json field(final String name, final double value) {
        return name(name).value(value);
    }

    /** A named boolean. */
    public Json field(final String name, final boolean value) {
        return name(name).value(value);
    }

    /** The value, which must be complete. */
    @Override
    public String toString() {
        if (depth != 0 || out.isEmpty()) {
            throw new IllegalStateException("the value is not complete: " + out);
        }
        return out.toString();
    }

    private Json open(final char bracket, final int object) {
        if (depth == MAX_DEPTH) {
            throw new IllegalStateException("nested deeper than " + MAX_DEPTH);
        }
        before();
        out.append(bracket);
        objects = objects << 1 | object;
        depth++;
        first = true;
        return this;
    }

    private void before() {
        if (depth == 0 ? !out.isEmpty() : (objects & 1) == 1 && !named) {
            throw new IllegalStateException("no place for a value: " + out);
        }
        if (!named) {
            separate();
        }
        named = false;
    }

    private void separate() {
        if (!first) {
            out.append(',');
        }
        first = false;
    }

    private void quote(final String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            final char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\t' -> out.append("\\t");
                case '\r' -> out.append("\\r");
                default -> {
                    // Halves of a surrogate pair on their own cannot be written as UTF-8.
                    if (c < ' ' || c == 0x7F || Character.isSurrogate(c) && !isPaired(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isPaired(final String text, final int i) {
        return Character.isHighSurrogate(text.charAt(i))
                ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
                : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
    }
}
