package io.penstock.dataplane.judge;

import io.penstock.rules.api.IpFamily;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Connections as {@code conntrack -L} told them, and when.
 *
 * <p>Two lists agree when they have the same lines, in any order, but for how many hold an entry ({@code use=}), and for timeouts, which are told in
 * whole seconds: a packet's time on one side is read before the other side has it, and each side is asked at a time of its own. So timeouts may be
 * apart by one second and what the kernel took for a packet, or to tell its list, at the most; and what is about to end by as much may be gone.
 *
 * @param text    what was told
 * @param timeNs  when it was asked, in nanoseconds since 1970
 * @param slackNs how long the slowest packet took, or the list
 */
record ConnectionList(String text, long timeNs, long slackNs) {

    /** Lines that are shown of a case: one cause shows in many. */
    private static final int SHOWN = 6;

    /** A kernel's clock tick, rounded up: its deadlines are told in them. Unit: ns. */
    private static final long TICK_NS = 10_000_000;

    private static final Pattern LINE = Pattern.compile("(\\S+\\s+\\d+) (\\d+) (.*?) use=\\d+ *");
    private static final Pattern COUNTER = Pattern.compile("(\\w+)=(\\d+)");

    /** What is in one and not in the other, a sentence each. */
    List<String> differences(final String penstock) {
        final long margin = 1 + TimeUnit.NANOSECONDS.toSeconds(slackNs + TICK_NS);
        final Map<String, List<Long>> ours = lines(penstock);
        final List<String> differences = new ArrayList<>();
        lines(text).forEach((words, all) -> {
            final List<Long> other = ours.getOrDefault(words, List.of());
            for (final long seconds : all) {
                final Long near = other.stream().filter(one -> Math.abs(one - seconds) <= margin).findFirst().orElse(null);
                if (near != null) {
                    other.remove(near);
                } else if (!other.isEmpty()) {
                    differences.add("connections: timeouts: kernel: " + seconds + "  Penstock: " + other.removeFirst() + "  of: " + words);
                } else if (seconds > margin) {
                    differences.add("connections: kernel: " + seconds + ' ' + words + "  Penstock: nothing");
                }
            }
        });
        ours.forEach((words, rest) -> rest.stream().filter(seconds -> seconds > margin)
                .forEach(seconds -> differences.add("connections: kernel: nothing  Penstock: " + seconds + ' ' + words)));
        return differences.subList(0, Math.min(SHOWN, differences.size()));
    }

    /** By what they say but for the timeout. */
    private static Map<String, List<Long>> lines(final String text) {
        final Map<String, List<Long>> lines = new TreeMap<>();
        text.lines().forEach(line -> {
            final Matcher matcher = LINE.matcher(line);
            if (matcher.matches()) {
                lines.computeIfAbsent(matcher.group(1) + ' ' + matcher.group(3), _ -> new ArrayList<>())
                        .add(Long.parseLong(matcher.group(2)));
            } else if (!line.startsWith("conntrack v")) {
                lines.computeIfAbsent(line, _ -> new ArrayList<>()).add(Long.MAX_VALUE / 2);
            }
        });
        return lines;
    }

    /** What lists tell, in an order of its own, without what goes by who asks. */
    static Map<IpFamily, String> texts(final Map<IpFamily, ConnectionList> lists) {
        final Map<IpFamily, String> texts = new EnumMap<>(IpFamily.class);
        lists.forEach((family, list) -> texts.put(family, list.text.lines().map(line -> line.stripTrailing() + '\n').sorted()
                .collect(Collectors.joining())));
        return texts;
    }

    /**
     * The sums over processors of what {@code conntrack -S} says, but for {@code found}: how many tuples were met that another connection had, while a
     * port was sought from a random one on.
     */
    static Map<String, Long> counters(final String text) {
        final Map<String, Long> counters = new TreeMap<>();
        final Matcher matcher = COUNTER.matcher(text);
        while (matcher.find()) {
            if (!matcher.group(1).equals("cpu") && !matcher.group(1).equals("found")) {
                counters.merge(matcher.group(1), Long.parseLong(matcher.group(2)), Long::sum);
            }
        }
        return counters;
    }
}
