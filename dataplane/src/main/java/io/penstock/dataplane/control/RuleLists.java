package io.penstock.dataplane.control;

import io.penstock.dataplane.rules.SharedStates;
import io.penstock.rules.api.Kind;
import io.penstock.rules.hot.match.HashlimitTable;
import io.penstock.rules.hot.match.RecentTable;
import io.penstock.rules.match.HashlimitFile;
import io.penstock.rules.match.RecentFile;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/**
 * The lists that rules keep, as the kernel's files of /proc/net show them and take them:
 * <pre>
 * recent                     the names of the lists of -m recent
 * recent NAME                what /proc/net/xt_recent/NAME says
 * recent NAME +ADDR          what is written to it: +ADDR, -ADDR or /
 * hashlimit                  the names of the lists of -m hashlimit, ipt/NAME and ip6t/NAME
 * hashlimit ipt/NAME         what /proc/net/ipt_hashlimit/NAME says
 * </pre>
 *
 * <p>Invariant: an answer is complete before any of it is printed: who reads slowly holds up nobody.
 *
 * <p>Threads: any that the lists are lent to.
 */
final class RuleLists {

    /** The commands' names. */
    static final String RECENT = "recent";
    /** See {@link #RECENT}. */
    static final String HASHLIMIT = "hashlimit";

    private static final String RECENT_HELP = """
            Usage: penstock recent [-h] [NAME [+ADDR|-ADDR|/]...]
            Show or change the lists that rules with -m recent keep.

            Without NAME, their names, a line each. With it, what /proc/net/xt_recent/NAME
            would say. What follows it is what would be written to that file:
              +ADDR       put an address in, or add a time to it
              -ADDR       take it out
              /           forget all
              -h, --help  Show this help.
            """;
    private static final String HASHLIMIT_HELP = """
            Usage: penstock hashlimit [-h] [ipt/NAME|ip6t/NAME]
            Show the lists that rules with -m hashlimit keep.

            Without a name, their names, a line each. With it, what
            /proc/net/ipt_hashlimit/NAME or /proc/net/ip6t_hashlimit/NAME would say.
              -h, --help  Show this help.
            """;
    private static final String EXIT_CODES = """

            Exit codes:
              0   done
              1   failed, or there is no such list
              2   usage
              3   no data plane runs in this network namespace
            """;

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final LongSupplier clock;

    /** Commands; the clock is the workers'. */
    RuleLists(final LongSupplier clock) {
        this.clock = clock;
    }

    /** What a command says of itself. */
    static String help(final String tool) {
        return (tool.equals(RECENT) ? RECENT_HELP : HASHLIMIT_HELP) + EXIT_CODES;
    }

    /** Runs one of the commands on lists that stay while it does. */
    Answer run(final SharedStates states, final String tool, final List<String> words) {
        return tool.equals(RECENT)
                ? run(tool, states.all(RecentTable.class), words, this::recent)
                : run(tool, states.all(HashlimitTable.class), words, this::hashlimit);
    }

    private static <T> Answer run(
            final String tool, final Map<String, T> lists, final List<String> words, final BiFunction<T, List<String>, Answer> command) {
        if (words.isEmpty()) {
            final StringBuilder text = new StringBuilder();
            new TreeSet<>(lists.keySet()).forEach(name -> text.append(name).append('\n'));
            return new Answer(DONE, text, null);
        }
        final String name = words.getFirst();
        final T list = lists.get(name);
        if (list == null) {
            return new Answer(FAILED, "", "there is no list '" + name + "'; "
                    + (lists.isEmpty() ? "no rule with -m " + tool + " is in force"
                            : "there are " + String.join(", ", new TreeSet<>(lists.keySet()))));
        }
        return command.apply(list, words.subList(1, words.size()));
    }

    private Answer recent(final RecentTable list, final List<String> writes) {
        final RecentFile file = new RecentFile(list);
        if (writes.isEmpty()) {
            final StringBuilder text = new StringBuilder();
            file.read(text);
            return new Answer(DONE, text, null);
        }
        for (final String write : writes) {
            final int errno = file.write(write, clock.getAsLong());
            if (errno != Kind.FINE) {
                return new Answer(FAILED, "", "cannot be written: text='" + write + "' errno=" + errno
                        + "; supported are +ADDRESS, -ADDRESS and /");
            }
        }
        return new Answer(DONE, "", null);
    }

    private Answer hashlimit(final HashlimitTable list, final List<String> writes) {
        if (!writes.isEmpty()) {
            return new Answer(USAGE, "", "the lists of -m hashlimit can be read only: text='" + writes.getFirst() + "'");
        }
        final StringBuilder text = new StringBuilder();
        new HashlimitFile(list).read(text, clock.getAsLong());
        return new Answer(DONE, text, null);
    }

    /**
     * What a command says.
     *
     * @param status  its exit status
     * @param text    what it prints
     * @param problem what went wrong, or null
     */
    record Answer(int status, CharSequence text, String problem) {

        /** Characters printed at a time: of a text that may be very long there is no second copy. */
        private static final int PIECE = 1 << 16;

        /** Prints it; gives the exit status. */
        int print(final String tool, final PrintStream out, final PrintStream err) {
            for (int at = 0; at < text.length(); at += PIECE) {
                out.append(text, at, Math.min(text.length(), at + PIECE));
            }
            if (problem != null) {
                err.print("penstock: " + tool + ": " + problem + '\n');
            }
            return status;
        }
    }
}
