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
 * <p>Threads: any that the lists are lent to.
 */
final class RuleLists {

    /** The commands' names. */
    static final String RECENT = "recent";
    /** See {@link #RECENT}. */
    static final String HASHLIMIT = "hashlimit";

    private static final int DONE = 0;
    private static final int FAILED = 1;
    private static final int USAGE = 2;

    private final LongSupplier clock;

    /** Commands; the clock is the workers'. */
    RuleLists(final LongSupplier clock) {
        this.clock = clock;
    }

    /** Runs one of the commands on lists that stay while it does. */
    int run(
            final SharedStates states, final String tool, final List<String> words, final PrintStream out, final PrintStream err) {
        return tool.equals(RECENT)
                ? run(tool, states.all(RecentTable.class), words, out, err, this::recent)
                : run(tool, states.all(HashlimitTable.class), words, out, err, this::hashlimit);
    }

    private static <T> int run(
            final String tool,
            final Map<String, T> lists,
            final List<String> words,
            final PrintStream out,
            final PrintStream err,
            final BiFunction<T, List<String>, Answer> command) {
        if (words.isEmpty()) {
            new TreeSet<>(lists.keySet()).forEach(name -> out.print(name + '\n'));
            return DONE;
        }
        final String name = words.getFirst();
        final T list = lists.get(name);
        if (list == null) {
            err.print("penstock: " + tool + ": there is no list '" + name + "'; "
                    + (lists.isEmpty() ? "no rule with -m " + tool + " is in force"
                            : "there are " + String.join(", ", new TreeSet<>(lists.keySet()))) + '\n');
            return FAILED;
        }
        final Answer answer = command.apply(list, words.subList(1, words.size()));
        out.print(answer.text);
        if (answer.problem != null) {
            err.print("penstock: " + tool + ": " + answer.problem + '\n');
        }
        return answer.status;
    }

    private Answer recent(final RecentTable list, final List<String> writes) {
        final RecentFile file = new RecentFile(list);
        if (writes.isEmpty()) {
            final StringBuilder text = new StringBuilder();
            file.read(text);
            return new Answer(DONE, text.toString(), null);
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
        return new Answer(DONE, text.toString(), null);
    }

    /** What a command says. */
    private record Answer(int status, String text, String problem) {
    }
}
