package io.penstock.rules.set.text;

import java.util.List;
import java.util.Locale;

/** Options of any command, anywhere in its line, whole words only. What they say holds for all lines that follow. */
enum GeneralOption {
    OUTPUT("-o", "-output", true, "plain|save|xml\n       Specify output mode for listing sets.\n"
            + "       Default value for \"list\" command is mode \"plain\"\n       and for \"save\" command is mode \"save\".") {
        @Override
        boolean read(final Session session, final String text) {
            for (final ListFormat format : ListFormat.values()) {
                if (format.name().toLowerCase(Locale.ROOT).equals(text)) {
                    session.format = format;
                    return true;
                }
            }
            session.report.syntax("unknown output mode '" + text + "'");
            return session.complain();
        }
    },
    SORTED("-s", "-sorted", false, "\n        Print elements sorted (if supported by the set type).") {
        @Override
        boolean read(final Session session, final String text) {
            return session.isSorted = true;
        }
    },
    QUIET("-q", "-quiet", false, "\n        Suppress any notice or warning message.") {
        @Override
        boolean read(final Session session, final String text) {
            return session.isQuiet = true;
        }
    },
    RESOLVE("-r", "-resolve", false, "\n        Try to resolve IP addresses in the output (slow!)") {
        @Override
        boolean read(final Session session, final String text) {
            return session.isResolving = true;
        }
    },
    EXIST("-!", "-exist", false, "\n        Ignore errors when creating or adding sets or\n"
            + "        elements that do exist or when deleting elements\n        that don't exist.") {
        @Override
        boolean read(final Session session, final String text) {
            return session.isExistFine = true;
        }
    },
    NAME("-n", "-name", false, "\n        When listing, just list setnames from the kernel.\n") {
        @Override
        boolean read(final Session session, final String text) {
            return session.isNamesOnly = true;
        }
    },
    TERSE("-t", "-terse", false, "\n        When listing, list setnames and set headers\n        from kernel only.") {
        @Override
        boolean read(final Session session, final String text) {
            return session.isHeadersOnly = true;
        }
    },
    FILE("-f", "-file", true, "\n        Read from the given file instead of standard\n"
            + "        input (restore) or write to given file instead\n        of standard output (list/save).") {
        @Override
        boolean read(final Session session, final String text) {
            if (session.file != null) {
                return session.complain(Session.PARAMETER, "-file option cannot be used when full io is activated");
            }
            session.file = text;
            return true;
        }
    };

    static final List<GeneralOption> ALL = List.of(values());

    private final String letter;
    private final String name;
    private final boolean takesArgument;
    private final String help;

    GeneralOption(final String letter, final String name, final boolean takesArgument, final String help) {
        this.letter = letter;
        this.name = name;
        this.takesArgument = takesArgument;
        this.help = help;
    }

    String letter() {
        return letter;
    }

    boolean takesArgument() {
        return takesArgument;
    }

    /** What help says of it. */
    String help() {
        return help;
    }

    /** Whether a word is this option; a dash before it is let be. */
    boolean is(final String typed) {
        final int from = typed.startsWith("--") ? 1 : 0;
        return is(typed, from, letter) || is(typed, from, name);
    }

    private static boolean is(final String typed, final int from, final String word) {
        return typed.length() - from == word.length() && typed.startsWith(word, from);
    }

    /** Notes what it says; false if it is wrong, which has been told. */
    abstract boolean read(Session session, String text);
}
