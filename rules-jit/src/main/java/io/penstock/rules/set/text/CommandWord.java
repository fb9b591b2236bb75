package io.penstock.rules.set.text;

import java.util.List;

/** Commands. Any beginning of one of a command's names means it, the first command that fits. */
enum CommandWord {
    CREATE(List.of("create", "new", "-N"), 2, "SETNAME TYPENAME [type-specific-options]\n        Create a new set"),
    ADD(List.of("add", "-A"), 2, "SETNAME ENTRY\n        Add entry to the named set"),
    DELETE(List.of("del", "-D"), 2, "SETNAME ENTRY\n        Delete entry from the named set"),
    TEST(List.of("test", "-T"), 2, "SETNAME ENTRY\n        Test entry in the named set"),
    DESTROY(List.of("destroy", "x", "-X"), CommandWord.MAYBE_ONE, "[SETNAME]\n        Destroy a named set or all sets"),
    LIST(List.of("list", "-L"), CommandWord.MAYBE_ONE, "[SETNAME]\n        List the entries of a named set or all sets"),
    SAVE(List.of("save", "-S"), CommandWord.MAYBE_ONE, "[SETNAME]\n        Save the named set or all sets to stdout"),
    RESTORE(List.of("restore", "-R"), 0, "\n        Restore a saved state"),
    FLUSH(List.of("flush", "-F"), CommandWord.MAYBE_ONE, "[SETNAME]\n        Flush a named set or all sets"),
    RENAME(List.of("rename", "e", "-E"), 2, "FROM-SETNAME TO-SETNAME\n        Rename two sets"),
    SWAP(List.of("swap", "w", "-W"), 2, "FROM-SETNAME TO-SETNAME\n        Swap the contect of two existing sets"),
    HELP(List.of("help", "-h", "-H"), CommandWord.MAYBE_ONE, "[TYPENAME]\n        Print help, and settype specific help"),
    VERSION(List.of("version", "-v", "-V"), 0, "\n        Print version information"),
    QUIT(List.of("quit"), 0, "\n        Quit interactive mode");

    /** {@link #arguments()}: one, or none. */
    static final int MAYBE_ONE = -1;

    private static final CommandWord[] ALL = values();

    private final List<String> names;
    private final int arguments;
    private final String help;

    CommandWord(final List<String> names, final int arguments, final String help) {
        this.names = names;
        this.arguments = arguments;
        this.help = help;
    }

    /** Its name in full. */
    String word() {
        return names.getFirst();
    }

    /** How many words belong to it. */
    int arguments() {
        return arguments;
    }

    /** What help says of it. */
    String help() {
        return help;
    }

    /** The command that a word means, or null. */
    static CommandWord of(final String typed) {
        final int from = typed.startsWith("--") ? 2 : 0;
        if (typed.length() == from || typed.equals("-")) {
            return null;
        }
        for (final CommandWord command : ALL) {
            for (int i = 0; i < command.names.size(); i++) {
                if (command.names.get(i).regionMatches(0, typed, from, typed.length() - from)) {
                    return command;
                }
            }
        }
        return null;
    }
}
