package io.penstock.dataplane.config;

/**
 * A configuration that is refused: one sentence that starts with where, {@code FILE:LINE:COLUMN: } or
 * {@code --option: }, and says what is wrong and what would be right.
 */
public final class ConfigurationException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    ConfigurationException(final String where, final String sentence) {
        super(where + ": " + sentence);
    }
}
