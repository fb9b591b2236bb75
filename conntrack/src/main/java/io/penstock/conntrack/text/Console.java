package io.penstock.conntrack.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.os.sys.Errno;
import java.io.PrintStream;

/** Where a run of the command writes, and how it complains. The streams write ISO 8859-1. */
final class Console {

    /** The command's name. */
    static final String NAME = "conntrack";
    /** The version that it is said to be. */
    static final String VERSION = "1.4.7";
    /** What its messages begin with. */
    static final String TITLE = NAME + " v" + VERSION + " (conntrack-tools)";

    /** It failed. */
    static final int FAILED = 1;
    /** Its words are wrong. */
    static final int WRONG = 2;

    private final PrintStream out;
    private final PrintStream err;

    Console(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Writes a result. */
    void print(final String text) {
        out.print(text);
    }

    /** Hands on what was written. */
    void flush() {
        out.flush();
    }

    /** Writes a message as it is. */
    void warn(final String text) {
        err.print(text);
    }

    /** Writes a message with the title. */
    void tell(final String text) {
        err.print(TITLE + ": " + text + "\n");
    }

    /** The words are wrong. */
    ToolExit wrong(final String text) {
        tell(text);
        err.print("Try `" + NAME + " -h' or '" + NAME + " --help' for more information.\n");
        return new ToolExit(WRONG);
    }

    /** It cannot be done. */
    ToolExit failed(final String text) {
        tell(text);
        return new ToolExit(FAILED);
    }

    /** The C library's words for an error. */
    static String reason(final int errno) {
        final String text = Errno.text(errno);
        return text.isEmpty() ? text : Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
