package io.penstock.dataplane.demo;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Lines for people, of at most {@value #COLUMNS} columns, coloured where that is wanted. Units are decimal.
 *
 * <p>Source: no-color.org; ECMA-48, 8.3.117 (SGR).
 */
final class Screen {

    /** What every terminal has, with room for a mark at either end. */
    static final int COLUMNS = 78;

    private static final String BOLD = "\u001b[1m";
    private static final String RED = "\u001b[31m";
    private static final String GREEN = "\u001b[32m";
    private static final String RESET = "\u001b[0m";

    private final boolean colours;
    private final StringBuilder out = new StringBuilder(4096);

    Screen(final boolean colours) {
        this.colours = colours;
    }

    /** True on a terminal that knows colours, unless its user wants none. */
    static boolean areColoursWanted(final Map<String, String> environment, final boolean terminal) {
        return terminal && environment.getOrDefault("NO_COLOR", "").isEmpty() && !"dumb".equals(environment.get("TERM"));
    }

    /** A line. */
    void line(final String format, final Object... values) {
        put("", format, values);
    }

    /** A line that stands out: a title, or a table's head. */
    void heading(final String format, final Object... values) {
        put(BOLD, format, values);
    }

    /** A line that says whether something is as it should be. */
    void verdict(final boolean good, final String format, final Object... values) {
        put(good ? GREEN : RED, format, values);
    }

    /** A line of many, which stands out only when it is not as it should be. */
    void row(final boolean good, final String format, final Object... values) {
        put(good ? "" : RED, format, values);
    }

    /** Where this is. */
    void machine() {
        line("Linux %s on %s, %d CPUs, Java %s", System.getProperty("os.version"), System.getProperty("os.arch"),
                Runtime.getRuntime().availableProcessors(), Runtime.version().feature());
        line("");
    }

    /** Where this is, and who is where. */
    void setting() {
        machine();
        line("  %-16s%s ------ %s [ Penstock ] %s ------ %s%16s", Side.CLIENT.text(), Side.CLIENT.device(), Side.CLIENT.port(),
                Side.SERVER.port(), Side.SERVER.device(), Side.SERVER.text());
        line("  %-16s%54s", Side.CLIENT.ipv4(), Side.SERVER.ipv4());
        line("  %-16s%54s", Side.CLIENT.ipv6(), Side.SERVER.ipv6());
        line("");
    }

    /** The last line: whether all is well. */
    void ending(final List<String> faults) {
        verdict(faults.isEmpty(), faults.isEmpty()
                ? "Every byte arrived, and every packet is accounted for."
                : "This is NOT as it should be: faults=%d", faults.size());
    }

    /** Bytes as {@code 12.3 MB}. */
    static String megabytes(final long bytes) {
        return String.format(Locale.ROOT, "%,.1f MB", bytes / 1e6);
    }

    /** A rate as {@code 123.4 k/s}. */
    static String perSecond(final double events) {
        return events >= 999_950
                ? String.format(Locale.ROOT, "%.2f M/s", events / 1e6)
                : String.format(Locale.ROOT, "%.1f k/s", events / 1e3);
    }

    /** Payload over time as {@code 1.23 Gbit/s}. */
    static String gigabits(final long bytes, final double seconds) {
        return String.format(Locale.ROOT, "%.2f Gbit/s", seconds == 0 ? 0 : bytes * 8 / seconds / 1e9);
    }

    /** A checksum as it is usually written. */
    static String hex(final long sum) {
        return String.format(Locale.ROOT, "%08x", sum);
    }

    @Override
    public String toString() {
        return out.toString();
    }

    private void put(final String colour, final String format, final Object... values) {
        final String line = String.format(Locale.ROOT, format, values).stripTrailing();
        if (colours && !colour.isEmpty() && !line.isEmpty()) {
            out.append(colour).append(line).append(RESET);
        } else {
            out.append(line);
        }
        out.append('\n');
    }
}
