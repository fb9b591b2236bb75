package io.penstock.rules.text;

/** The commands, in the order in which one of several is named in a message. */
enum CommandKind {
    INSERT('I'),
    DELETE('D'),
    DELETE_NUMBER('D'),
    REPLACE('R'),
    APPEND('A'),
    LIST('L'),
    FLUSH('F'),
    ZERO('Z'),
    NEW_CHAIN('N'),
    DELETE_CHAIN('X'),
    SET_POLICY('P'),
    RENAME_CHAIN('E'),
    LIST_RULES('S'),
    ZERO_NUMBER('Z'),
    CHECK('C');

    private final char letter;

    CommandKind(final char letter) {
        this.letter = letter;
    }

    /** The option. */
    char letter() {
        return letter;
    }

    /** Whether it takes a rule. */
    boolean hasRule() {
        return switch (this) {
            case INSERT, DELETE, REPLACE, APPEND, CHECK -> true;
            default -> false;
        };
    }

    /** Whether it may stand beside a general option (apart from those, -v may stand beside all). */
    boolean allows(final GeneralOption option) {
        return switch (option) {
            case VERBOSE -> true;
            case NUMERIC, EXPANDED, LINE_NUMBERS -> this == LIST;
            case COUNTERS -> this == INSERT || this == REPLACE || this == APPEND || this == SET_POLICY;
            default -> hasRule();
        };
    }
}
