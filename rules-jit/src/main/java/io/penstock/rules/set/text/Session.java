package io.penstock.rules.set.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.Names;
import io.penstock.rules.set.SetStore;
import io.penstock.rules.text.CommandFiles;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** One run of the tool: what holds from one line to the next, and how it says that something is wrong. */
final class Session {

    /** Exit status, or what decides it: a command went wrong otherwise. */
    static final int OTHER = 1;
    /** Exit status: a command is written in a wrong way. */
    static final int PARAMETER = 2;

    static final String TOOL = "ipset";
    static final String TITLE = TOOL + " v7.17";

    /** What decides the exit status: the report tells. */
    private static final int REPORTED = 4;

    final SetStore store;
    final Names names;
    final CommandFiles files;
    final InputStream in;
    final Said said = new Said();
    final Report report = new Report(said);

    boolean isSorted;
    boolean isQuiet;
    boolean isResolving;
    boolean isExistFine;
    boolean isNamesOnly;
    boolean isHeadersOnly;
    ListFormat format;
    /** The file that was named; null for none. */
    String file;
    /** Whether lines are read from that file. Listings do not go there then, as ipset's do, onto what it still reads. */
    boolean isFileRead;
    boolean isInteractive;
    /** Whether a file was restored to its end. */
    boolean isWhole;
    /** Line of the file that is restored; 0 for none. */
    int line;

    private final PrintStream out;
    private final PrintStream err;
    private OutputStream listings;

    Session(final SetStore store, final Names names, final CommandFiles files, final InputStream in, final PrintStream out,
            final PrintStream err) {
        this.store = store;
        this.names = names;
        this.files = files;
        this.in = in;
        this.out = out;
        this.err = err;
        this.listings = out;
    }

    /** Prints on standard output. */
    void print(final String text) {
        out.print(text);
    }

    /** Prints where listings go. */
    void list(final CharSequence text) {
        try {
            listings.write(text.toString().getBytes(StandardCharsets.ISO_8859_1));
        } catch (final IOException problem) {
            report.error("Internal error, could not print output buffer!");
            throw new ToolExit(OTHER);
        }
    }

    /** Listings go to the file that was named from now on; false if it cannot be opened. */
    boolean listToFile() {
        closeFile();
        try {
            listings = files.write(file);
            return true;
        } catch (final IOException problem) {
            return report.error("Cannot open " + file + " for writing: " + problem.getMessage());
        }
    }

    /** Prints what is left. */
    void close() {
        closeFile();
        out.flush();
        err.flush();
    }

    private void closeFile() {
        if (listings != out) {
            try {
                listings.close();
            } catch (final IOException problem) {
                report.error("Internal error, could not print output buffer!");
            }
        }
        listings = out;
    }

    /** Prints what the report has as a warning, at once, and forgets it. */
    void warnNow() {
        if (!isQuiet) {
            err.print("Warning: " + report.text());
        }
        report.reset();
    }

    /** Complains, and ends the run unless somebody types the lines: then it is false. */
    boolean complain(final int status, final String message) {
        if (isInteractive || !isQuiet) {
            out.flush();
            err.print(TITLE + ": " + message + (status == REPORTED ? "" : "\n"));
            if (status == PARAMETER) {
                err.print("Try `" + TOOL + " help' for more information.\n");
            }
        }
        if (isInteractive) {
            report.reset();
            return false;
        }
        throw new ToolExit(status == REPORTED ? OTHER : status);
    }

    /** Says what the report has, and ends the run unless somebody types the lines: then it is false. */
    boolean complain() {
        final Report.Kind kind = report.kind();
        if ((kind == Report.Kind.WARNING || kind == Report.Kind.NOTICE) && !isQuiet) {
            out.flush();
            err.print((kind == Report.Kind.WARNING ? "Warning: " : "") + report.text());
        }
        if (kind == Report.Kind.ERROR) {
            return complain(REPORTED, report.text());
        }
        if (!isInteractive) {
            throw new ToolExit(kind == Report.Kind.NOTICE ? OTHER : 0);
        }
        report.reset();
        return false;
    }
}
