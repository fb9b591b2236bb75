package io.penstock.rules.text;

import io.penstock.os.getopt.GetoptLong;
import io.penstock.os.getopt.OptionArgument;
import io.penstock.os.getopt.ToolExit;
import java.util.List;

/** The options of iptables-restore. */
final class RestoreOptions {

    private static final String SHORT = "bcvVthnwWM:T:";
    private static final List<List<LongOption>> LONG = List.of(List.of(
            LongOption.of("counters", OptionArgument.NONE, 'c'),
            LongOption.of("verbose", OptionArgument.NONE, 'v'),
            LongOption.of("version", OptionArgument.NONE, 'V'),
            LongOption.of("test", OptionArgument.NONE, 't'),
            LongOption.of("help", OptionArgument.NONE, 'h'),
            LongOption.of("noflush", OptionArgument.NONE, 'n'),
            LongOption.of("modprobe", OptionArgument.NEEDED, 'M'),
            LongOption.of("table", OptionArgument.NEEDED, 'T'),
            LongOption.of("wait", OptionArgument.OPTIONAL, 'w'),
            LongOption.of("wait-interval", OptionArgument.OPTIONAL, 'W')));
    private static final String USAGE = """
            Usage: %s [-c] [-v] [-V] [-t] [-h] [-n] [-w secs] [-W usecs] [-T table] [-M command] [file]
            \t   [ --counters ]
            \t   [ --verbose ]
            \t   [ --version]
            \t   [ --test ]
            \t   [ --help ]
            \t   [ --noflush ]
            \t   [ --wait=<seconds>
            \t   [ --table=<TABLE> ]
            \t   [ --modprobe=<command> ]
            """;

    /** {@code -c}. */
    final boolean counters;
    /** {@code -v}, how often. */
    final int verbose;
    /** {@code -t}. */
    final boolean test;
    /** {@code -n}. */
    final boolean noFlush;
    /** {@code -w}: seconds to wait for the lock; 0 or less without a limit. */
    final int waitSeconds;
    /** {@code -T}, or null. */
    final String table;
    /** The file, or null for standard input. */
    final String file;

    private RestoreOptions(final boolean counters, final int verbose, final boolean test, final boolean noFlush,
            final int waitSeconds, final String table, final String file) {
        this.counters = counters;
        this.verbose = verbose;
        this.test = test;
        this.noFlush = noFlush;
        this.waitSeconds = waitSeconds;
        this.table = table;
        this.file = file;
    }

    /** Reads them, or ends. */
    static RestoreOptions parse(final Tool tool, final List<String> words) {
        final GetoptLong<LongOption> options = new GetoptLong<>(words, SHORT, false, LONG);
        boolean counters = false;
        int verbose = 0;
        boolean test = false;
        boolean noFlush = false;
        int waitSeconds = 0;
        boolean isIntervalSet = false;
        String table = null;
        for (int found = options.next(); found != GetoptLong.END; found = options.next()) {
            switch (found == GetoptLong.LONG ? options.found().letter() : (char) found) {
                case 'b' -> tool.err("-b/--binary option is not implemented\n");
                case 'c' -> counters = true;
                case 'v' -> verbose++;
                case 'V' -> {
                    tool.out(tool.name() + " v" + Tool.FULL_VERSION + "\n");
                    throw new ToolExit(0);
                }
                case 't' -> test = true;
                case 'h' -> {
                    tool.err(String.format(USAGE, tool.name()));
                    throw new ToolExit(0);
                }
                case 'n' -> noFlush = true;
                case 'w' -> waitSeconds = WaitWords.seconds(options);
                case 'W' -> {
                    tool.err(WaitWords.interval(options));
                    isIntervalSet = true;
                }
                case 'M' -> {
                    // No modules to load here.
                }
                case 'T' -> table = options.argument();
                default -> {
                    tool.err(options.complaint(tool.name()));
                    throw end(tool, "Try `" + tool.name() + " -h' for more information.\n");
                }
            }
        }
        final int left = options.count() - options.index();
        if (left > 1) {
            throw end(tool, "Unknown arguments found on commandline\n");
        }
        if (isIntervalSet && waitSeconds == 0) {
            throw end(tool, "Option --wait-interval requires option --wait\n");
        }
        return new RestoreOptions(counters, verbose, test, noFlush, waitSeconds, table, left == 1 ? options.take() : null);
    }

    private static ToolExit end(final Tool tool, final String text) {
        tool.err(text);
        return new ToolExit(1);
    }
}
