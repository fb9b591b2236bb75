package io.penstock.conntrack.text;

/** The commands, with the letters of the options that go with each: those that must, may, and come in pairs. */
enum CommandKind {
    LIST("", "sdrqpuz{}mfngocjwl()", "", "%d flow entries have been shown.\n"),
    CREATE("pt", "uamngw<()", "sdrq", "%d flow entries have been created.\n"),
    UPDATE("", "sdrqptu{}mifngol<>", "", "%d flow entries have been updated.\n"),
    DELETE("", "sdrqptu{}mifngowl()", "", "%d flow entries have been deleted.\n"),
    GET("p", "iol", "sdrq", "%d flow entries have been shown.\n"),
    FLUSH("", "f", "", null),
    EVENT("", "sdrqpe{}mfngocbjwl()", "", "%d flow events have been shown.\n"),
    VERSION("", "", "", null),
    HELP("", "p", "", null),
    EXPECT_LIST("", "fo", "", "%d expectations have been shown.\n"),
    EXPECT_CREATE("sdpt[]{}", "rqu", "", null),
    EXPECT_DELETE("sdp", "rq", "", "%d expectations have been shown.\n"),
    EXPECT_GET("sdp", "rq", "", null),
    EXPECT_FLUSH("", "", "", null),
    EXPECT_EVENT("", "o", "", null),
    COUNT("", "", "", null),
    EXPECT_COUNT("", "", "", null),
    STATISTICS("", "", "", null),
    EXPECT_STATISTICS("", "", "", null),
    ADD("pt", "uamngw<()", "sdrq", "%d flow entries have been added.\n"),
    /** No command was given. */
    NONE("", "", "", null);

    private final String mandatory;
    private final String optional;
    private final String paired;
    private final String summary;

    CommandKind(final String mandatory, final String optional, final String paired, final String summary) {
        this.mandatory = mandatory;
        this.optional = optional;
        this.paired = paired;
        this.summary = summary;
    }

    /** Whether an option may stand with it. */
    Legality legality(final char letter) {
        return mandatory.indexOf(letter) >= 0 ? Legality.MANDATORY : optional.indexOf(letter) >= 0 ? Legality.OPTIONAL
                : paired.indexOf(letter) >= 0 ? Legality.PAIRED : Legality.ILLEGAL;
    }

    /** What it says at its end, with a number, or null. */
    String summary() {
        return summary;
    }

    /** The command that a letter stands for, on connections or on expectations; null if there is none. */
    static CommandKind of(final char letter, final boolean isExpect) {
        return switch (letter) {
            case 'L' -> isExpect ? EXPECT_LIST : LIST;
            case 'I' -> isExpect ? EXPECT_CREATE : CREATE;
            case 'D' -> isExpect ? EXPECT_DELETE : DELETE;
            case 'G' -> isExpect ? EXPECT_GET : GET;
            case 'F' -> isExpect ? EXPECT_FLUSH : FLUSH;
            case 'E' -> isExpect ? EXPECT_EVENT : EVENT;
            case 'C' -> isExpect ? EXPECT_COUNT : COUNT;
            case 'S' -> isExpect ? EXPECT_STATISTICS : STATISTICS;
            case 'V' -> VERSION;
            case 'h' -> HELP;
            case 'U' -> isExpect ? null : UPDATE;
            case 'A' -> isExpect ? null : ADD;
            default -> throw new IllegalArgumentException("no command: letter=" + letter);
        };
    }

    /** What it is called when it stands in a file where it cannot; null if it can. */
    String outOfPlace() {
        return switch (this) {
            case CREATE, ADD, UPDATE, DELETE, FLUSH -> null;
            case LIST -> "-L";
            case GET -> "-G";
            case EVENT -> "-E";
            case VERSION -> "-V";
            case HELP -> "-h";
            case EXPECT_LIST -> "-L expect";
            case EXPECT_CREATE, EXPECT_COUNT -> "-C expect";
            case EXPECT_DELETE -> "-D expect";
            case EXPECT_GET -> "-G expect";
            case EXPECT_FLUSH -> "-F expect";
            case EXPECT_EVENT -> "-E expect";
            case COUNT -> "-C";
            case STATISTICS -> "-S";
            case EXPECT_STATISTICS -> "-S expect";
            case NONE -> "unknown";
        };
    }
}
