package io.penstock.dataplane.judge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Whether two sides' {@code ipset list} or {@code save} say the same.
 *
 * <p>What may differ, and why: the size in memory, each side's own; the hash's start and its present size, which chance decides, and with them the
 * order of a hash's elements; and what is left of a timeout, by a second and by what the kernel was
 * held up. All else is the same, to the
 * byte: the order of sets, that of a list's members and that of a bitmap's elements too.
 *
 * <p>Threads: any.
 */
final class SetListing {

    private static final List<Pattern> OWN = List.of(Pattern.compile("(?<=^Size in memory: )\\d+"), Pattern.compile("(?<=<memsize>)\\d+"),
            Pattern.compile("(?<= initval )0x[0-9a-f]+"), Pattern.compile("(?<=<initval>)0x[0-9a-f]+"));
    /** What ipset 7.17 prints behind a mask when a set that it has listed before has a second network: a slip. */
    private static final Pattern SLIP = Pattern.compile("(?<= bitmask |<bitmask>)([0-9a-f.:]+)/\\d+");
    private static final Pattern HASH_SIZE = Pattern.compile("(?<= hashsize |<hashsize>)\\d+");
    private static final List<String> BEFORE_TIMEOUT = List.of(" timeout ", "<timeout>");
    private static final int DECIMAL = 10;
    private static final long NONE = -1;

    /** A line, without what is left of its timeout, if it tells that. */
    private record Line(String text, long timeout) {

        private static Line of(final String text) {
            if (!text.startsWith("create ") && !text.startsWith("Header: ") && !text.contains("<header>")) {
                for (final String before : BEFORE_TIMEOUT) {
                    final int at = text.indexOf(before);
                    if (at >= 0) {
                        return cut(text, at + before.length());
                    }
                }
            }
            return new Line(text, NONE);
        }

        private static Line cut(final String text, final int from) {
            int to = from;
            while (to < text.length() && Character.isDigit(text.charAt(to))) {
                to++;
            }
            return to == from ? new Line(text, NONE)
                    : new Line(text.substring(0, from) + '#' + text.substring(to), Long.parseLong(text, from, to, DECIMAL));
        }

        /** Whether it is the same but for some seconds. */
        private boolean isLike(final Line other, final long seconds) {
            return text.equals(other.text) && (timeout < 0) == (other.timeout < 0) && Math.abs(timeout - other.timeout) <= seconds;
        }

        @Override
        public String toString() {
            return timeout < 0 ? text : text.replace("#", Long.toString(timeout));
        }
    }

    private static final Line NO_MORE = new Line("nothing more", NONE);

    private SetListing() {
    }

    /**
     * Where they differ, or null.
     *
     * @param isFresh whether nothing has been added yet, so that hashes have the size that they were given
     * @param seconds by how much timeouts may differ
     */
    static String difference(final String kernel, final String penstock, final boolean isFresh, final long seconds) {
        if (kernel.equals(penstock)) {
            return null;
        }
        final List<Line> expected = ordered(kernel, isFresh);
        final List<Line> actual = ordered(penstock, isFresh);
        for (int i = 0; i < Math.max(expected.size(), actual.size()); i++) {
            final Line one = i < expected.size() ? expected.get(i) : NO_MORE;
            final Line other = i < actual.size() ? actual.get(i) : NO_MORE;
            if (!one.isLike(other, seconds)) {
                return "kernel: " + one + "  Penstock: " + other + (i == 0 ? "" : "  behind: " + expected.get(i - 1));
            }
        }
        return null;
    }

    private static List<Line> ordered(final String text, final boolean isFresh) {
        final List<Line> lines = new ArrayList<>();
        final List<Line> members = new ArrayList<>();
        boolean isHash = false;
        for (final String line : text.split("\n", -1)) {
            final boolean isType = line.startsWith("Type: ") || line.startsWith("create ") || line.contains("<type>");
            if (isType) {
                isHash = line.contains("hash:");
            }
            final boolean isMember = isHash && !isType && (line.startsWith("add ") || line.contains("<member>")
                    || !line.isEmpty() && !lines.isEmpty() && "Members:".equals(lines.getLast().text));
            if (isMember) {
                members.add(Line.of(line));
            } else {
                flush(members, lines);
                lines.add(Line.of(masked(line, isFresh)));
            }
        }
        flush(members, lines);
        return lines;
    }

    private static void flush(final List<Line> members, final List<Line> lines) {
        members.sort(Comparator.comparing(Line::text).thenComparing(Line::timeout));
        lines.addAll(members);
        members.clear();
    }

    private static String masked(final String line, final boolean isFresh) {
        if (line.startsWith("add ")) {
            return line;
        }
        String rest = line;
        for (final Pattern own : OWN) {
            rest = own.matcher(rest).replaceAll("#");
        }
        rest = SLIP.matcher(rest).replaceFirst("$1");
        return isFresh ? rest : HASH_SIZE.matcher(rest).replaceAll("#");
    }
}
