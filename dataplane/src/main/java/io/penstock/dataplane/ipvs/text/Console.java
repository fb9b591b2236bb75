package io.penstock.dataplane.ipvs.text;

import io.penstock.os.getopt.ToolExit;
import java.io.PrintStream;

/** Where a run of the command writes, and how it complains. The streams write ISO 8859-1. */
final class Console {

    /** The command's name. */
    static final String NAME = "ipvsadm";

    /** The tool's -1. */
    static final int FAILED = 255;
    /** The words are wrong. */
    static final int WRONG = 2;
    /** What is asked for cannot be shown. */
    static final int UNSEEN = 1;

    private final PrintStream out;
    private final PrintStream err;

    Console(final PrintStream out, final PrintStream err) {
        this.out = out;
        this.err = err;
    }

    /** Writes a part of a result. */
    void print(final String text) {
        out.print(text);
    }

    /** Writes a line of complaint. */
    void tell(final String line) {
        err.print(line + "\n");
    }

    /** Writes complaints as they are. */
    void complain(final String lines) {
        err.print(lines);
    }

    /** Writes what the tool would not have said. */
    void add(final String sentence) {
        if (sentence != null) {
            tell("penstock: " + sentence);
        }
    }

    /** Hands on what was written. */
    void flush() {
        out.flush();
        err.flush();
    }

    /** The words are wrong. */
    ToolExit wrong(final String line) {
        tell(line);
        return new ToolExit(WRONG);
    }

    /** The words are no command. */
    ToolExit noCommand() {
        tell("Try `" + NAME + " -h' or '" + NAME + " --help' for more information.");
        return new ToolExit(FAILED);
    }
}
