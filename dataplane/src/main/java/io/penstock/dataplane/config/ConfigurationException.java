package io.penstock.dataplane.config;

/**
 * A configuration that is refused: one sentence that starts with where, {@code FILE:LINE:COLUMN: } or
 * {@code --option: }, and says what is wrong and what would be right.
 */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConfigurationException(final String where, final String sentence) {
        super(where + ": " + visible(sentence));
    }

    /** What is quoted of a file may hold line ends, and characters that move a terminal's cursor; a refusal is one line. */
    private static String visible(final String text) {
        if (text.codePoints().noneMatch(Character::isISOControl)) {
            return text;
        }
        final StringBuilder line = new StringBuilder();
        text.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                line.append(String.format("\\u%04X", c));
            } else {
                line.appendCodePoint(c);
            }
        });
        return line.toString();
    }
}
