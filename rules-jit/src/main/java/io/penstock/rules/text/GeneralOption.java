package io.penstock.rules.text;

/** The options that belong to no extension, in the order in which they are checked. */
enum GeneralOption {
    NUMERIC('n', false),
    SOURCE('s', true),
    DESTINATION('d', true),
    PROTOCOL('p', true),
    JUMP('j', false),
    VERBOSE('v', false),
    EXPANDED('x', false),
    IN('i', true),
    OUT('o', true),
    LINE_NUMBERS('0', false),
    COUNTERS('c', false),
    FRAGMENT('f', true);

    private final char letter;
    private final boolean invertible;

    GeneralOption(final char letter, final boolean invertible) {
        this.letter = letter;
        this.invertible = invertible;
    }

    /** Its short form, as messages name it. */
    char letter() {
        return letter;
    }

    /** Whether {@code !} may stand before it. */
    boolean isInvertible() {
        return invertible;
    }
}
