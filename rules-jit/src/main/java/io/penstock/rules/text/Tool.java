package io.penstock.rules.text;

import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.IpFamily;
import io.penstock.rules.api.Match;
import io.penstock.rules.api.Names;
import io.penstock.rules.api.ParameterProblem;
import io.penstock.rules.model.Rule;
import java.io.PrintStream;
import java.util.HashSet;
import java.util.Set;

/**
 * One run of a command: its name, where its output goes, and the names and extensions that it knows. The streams write ISO 8859-1, in
 * which text is kept here.
 */
final class Tool {

    /** The version that is said to be. */
    static final String VERSION = "1.8.9";
    /** The same with the kind. */
    static final String FULL_VERSION = VERSION + " (legacy)";
    /** Not in a file. */
    static final int NO_LINE = -1;

    private final String name;
    private final IpFamily family;
    private final Extensions extensions;
    private final Names names;
    private final PrintStream out;
    private final PrintStream err;
    private final Set<String> warned = new HashSet<>();
    private int line = NO_LINE;

    Tool(final String name, final IpFamily family, final Extensions extensions, final Names names, final PrintStream out,
            final PrintStream err) {
        this.name = name;
        this.family = family;
        this.extensions = extensions;
        this.names = names;
        this.out = out;
        this.err = err;
    }

    /** Whether a warning that is to be said once comes for the first time. */
    boolean isNew(final String warning) {
        return warned.add(warning);
    }

    String name() {
        return name;
    }

    IpFamily family() {
        return family;
    }

    Extensions extensions() {
        return extensions;
    }

    Names names() {
        return names;
    }

    int line() {
        return line;
    }

    void line(final int number) {
        line = number;
    }

    void out(final CharSequence text) {
        out.append(text);
    }

    void err(final CharSequence text) {
        out.flush();
        err.append(text);
        err.flush();
    }

    /** Says what is to be said whenever a rule is written. */
    void remarks(final Rule rule) {
        for (final Match match : rule.matches()) {
            final String remark = match.remark();
            if (!remark.isEmpty()) {
                err(remark);
            }
        }
    }

    /** Takes the tables' lock, or ends. */
    void lock(final TablesLock lock, final int seconds) {
        if (!lock.acquire(seconds)) {
            err("Can't lock /run/xtables.lock: Resource temporarily unavailable\n"
                    + "Another app is currently holding the xtables lock. Stopped waiting after " + seconds + "s.\n");
            throw new ToolExit(ParameterProblem.RESOURCE);
        }
    }

    void flush() {
        out.flush();
        err.flush();
    }

    /** Says what is wrong; gives the exit status. */
    int report(final ParameterProblem problem) {
        err(name + " v" + FULL_VERSION + ": " + problem.getMessage() + "\n");
        if (problem.status() == ParameterProblem.PARAMETER) {
            sayTryHelp();
        } else if (problem.status() == ParameterProblem.VERSION) {
            err("Perhaps " + name + " or your kernel needs to be upgraded.\n");
        }
        return problem.status();
    }

    /** Points to the help. */
    void sayTryHelp() {
        if (line != NO_LINE) {
            err("Error occurred at line: " + line + "\n");
        }
        err("Try `" + name + " -h' or '" + name + " --help' for more information.\n");
    }
}
