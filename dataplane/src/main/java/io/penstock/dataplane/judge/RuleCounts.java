package io.penstock.dataplane.judge;

import io.penstock.dataplane.config.Configuration;
import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Whether both sides' rules have counted the same: what {@code iptables-save -c} says in the end, byte for byte but for the comments,
 * which tell the time.
 *
 * <p>Threads: any.
 */
final class RuleCounts {

    /** Lines that are shown of a case: one cause shows in many. */
    private static final int SHOWN = 6;

    private RuleCounts() {
    }

    /** What a side says of the families that have rules, without comments. */
    static Map<IpFamily, String> of(final Configuration configuration, final Function<IpFamily, String> side) {
        final Map<IpFamily, String> texts = new EnumMap<>(IpFamily.class);
        for (final IpFamily family : IpFamily.values()) {
            if ((family == IpFamily.IPV4 ? configuration.rules4() : configuration.rules6()) != null) {
                texts.put(family, String.join("\n", withoutComments(side.apply(family))) + '\n');
            }
        }
        return texts;
    }

    /**
     * The differences of a run, of which the last packet is said to be the cause: one for a family at the most.
     *
     * @param kernel  what its rules have counted
     * @param details takes the lines that differ
     */
    static List<Difference> differences(
            final Run run, final Map<IpFamily, String> kernel, final Function<IpFamily, String> penstock, final List<String> details) {
        final List<Difference> differences = new ArrayList<>();
        kernel.forEach((family, text) -> {
            final List<String> lines = lines(text, penstock.apply(family));
            if (!lines.isEmpty() && !run.arrivals().isEmpty()) {
                differences.add(run.atEnd("IPv" + family.version() + ": counters of rules differ"));
            }
            details.addAll(lines);
        });
        return differences;
    }

    /** The lines that differ, a sentence each. */
    static List<String> lines(final String kernel, final String penstock) {
        final List<String> expected = withoutComments(kernel);
        final List<String> actual = withoutComments(penstock);
        final List<String> lines = new ArrayList<>();
        String table = "";
        for (int i = 0; i < Math.max(expected.size(), actual.size()) && lines.size() < SHOWN; i++) {
            final String one = i < expected.size() ? expected.get(i) : "nothing";
            final String other = i < actual.size() ? actual.get(i) : "nothing";
            if (one.startsWith("*")) {
                table = one;
            }
            if (!one.equals(other)) {
                lines.add("rules, " + table + ": kernel: " + one + "  Penstock: " + (rule(one).equals(rule(other)) ? counters(other) : other));
            }
        }
        return lines;
    }

    private static List<String> withoutComments(final String text) {
        // Tools may say, once, that a machine has no names for labels.
        return text.lines().filter(line -> !line.startsWith("#") && !line.startsWith("Warning:")).toList();
    }

    private static String rule(final String line) {
        return line.replaceFirst("\\[\\d+:\\d+\\]", "");
    }

    private static String counters(final String line) {
        return line.replaceFirst(".*?(\\[\\d+:\\d+\\]).*", "$1");
    }
}
