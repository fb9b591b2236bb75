package io.penstock.dataplane.ipvs.health;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.regex.Pattern;

/** What a body has to be. Threads: any. */
public sealed interface BodyTest {

    /**
     * Judges.
     *
     * @param body its bytes, or the first of them
     * @param cut  whether there are more
     * @param late tells that the time is over
     * @return what is wrong, or null
     */
    String problem(byte[] body, boolean cut, BooleanSupplier late);

    /** The text is somewhere in it. */
    record Contains(String text) implements BodyTest {

        @Override
        public String problem(final byte[] body, final boolean cut, final BooleanSupplier late) {
            if (new String(body, StandardCharsets.UTF_8).contains(text)) {
                return null;
            }
            return "body without '" + text + '\'' + within(cut);
        }
    }

    /** The expression matches some of it. */
    record Matches(Pattern pattern) implements BodyTest {

        @Override
        public String problem(final byte[] body, final boolean cut, final BooleanSupplier late) {
            try {
                if (pattern.matcher(new TimedText(new String(body, StandardCharsets.UTF_8), late)).find()) {
                    return null;
                }
            } catch (final TimedText.TimeOver e) {
                return "body takes too long to be compared with '" + pattern + '\'';
            } catch (final StackOverflowError e) {
                return "body is too long to be compared with '" + pattern + '\'';
            }
            return "body does not match '" + pattern + '\'' + within(cut);
        }

        @Override
        public boolean equals(final Object other) {
            return other instanceof Matches m && pattern.pattern().equals(m.pattern.pattern()) && pattern.flags() == m.pattern.flags();
        }

        @Override
        public int hashCode() {
            return Objects.hash(pattern.pattern(), pattern.flags());
        }
    }

    /** Its digest, in lower-case hexadecimal digits, is this one. */
    record Digest(String algorithm, String hex) implements BodyTest {

        @Override
        public String problem(final byte[] body, final boolean cut, final BooleanSupplier late) {
            if (cut) {
                return "body is longer than " + HttpExchange.MAX_BODY_BYTES + " bytes";
            }
            try {
                final String found = HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(body));
                return found.equals(hex) ? null : "body has " + algorithm + ' ' + found + ", wanted " + hex;
            } catch (final NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static String within(final boolean cut) {
        return cut ? " in its first " + HttpExchange.MAX_BODY_BYTES + " bytes" : "";
    }
}
