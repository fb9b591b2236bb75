package io.penstock.dataplane.judge;

import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many rules there were with each kind of match and target, and how many of them took a packet: so that one shows that was never
 * tried.
 *
 * <p>Threads: one.
 */
final class KindCounts {

    private static final Pattern RULE = Pattern.compile("\\[(\\d+):\\d+\\] -A .*");
    private static final Pattern KIND = Pattern.compile(" -(m|j) (\\S+)");
    private static final int WIDTH = 120;

    private final Map<String, long[]> counts = new TreeMap<>();
    private final Function<IpFamily, List<String>> known;

    /** @param known kinds that rules of a family may have, as {@code m NAME} and {@code j NAME} */
    KindCounts(final Function<IpFamily, List<String>> known) {
        this.known = known;
    }

    /** Adds what {@code iptables-save -c} says of the families' rules. */
    void add(final Map<IpFamily, String> rules) {
        rules.forEach((family, saved) -> {
            known.apply(family).forEach(kind -> counts.computeIfAbsent(name(family, kind), _ -> new long[2]));
            saved.lines().forEach(line -> add(family, line));
        });
    }

    private void add(final IpFamily family, final String line) {
        final Matcher rule = RULE.matcher(line);
        if (!rule.matches()) {
            return;
        }
        final Matcher kinds = KIND.matcher(line);
        final List<String> seen = new ArrayList<>();
        while (kinds.find()) {
            final String kind = kinds.group(1) + ' ' + kinds.group(2);
            final long[] count = counts.get(name(family, kind));
            if (count != null && !seen.contains(kind)) {
                seen.add(kind);
                count[0]++;
                count[1] += rule.group(1).equals("0") ? 0 : 1;
            }
        }
    }

    private static String name(final IpFamily family, final String kind) {
        return "IPv" + family.version() + " -" + kind;
    }

    /** True where there were no rules. */
    boolean isEmpty() {
        return counts.isEmpty();
    }

    /** Rules of each kind, by name, and how many of them took a packet. */
    Map<String, long[]> counts() {
        return counts;
    }

    /** For people. */
    void write(final StringBuilder out) {
        final StringBuilder line = new StringBuilder("rules, and how many of them took a packet:");
        counts.forEach((kind, count) -> {
            final String one = kind + '=' + count[0] + '/' + count[1];
            if (line.length() + one.length() > WIDTH) {
                out.append(line).append('\n');
                line.setLength(0);
                line.append(' ');
            }
            line.append(' ').append(one);
        });
        out.append(line).append('\n');
        final List<String> none = counts.entrySet().stream().filter(e -> e.getValue()[1] == 0).map(Map.Entry::getKey).toList();
        if (!none.isEmpty()) {
            out.append("kinds that took no packet: ").append(String.join(", ", none)).append('\n');
        }
    }
}
