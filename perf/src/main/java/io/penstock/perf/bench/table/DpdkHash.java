package io.penstock.perf.bench.table;

import io.penstock.perf.bench.measure.DpdkProgram;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The look-ups of DPDK's hash library by its own test program. It fills tables of 524,288 places to three quarters with random keys, and looks each
 * key up five times, in shuffled order; the keys themselves lie 64 bytes apart, in the order in which they are asked for. Its figures are averages in ticks
 * of the time stamp counter.
 *
 * <p>Of its many tables those are taken that are as lean as it has them: without locks, each key in its first bucket, with eight bytes of data, looked up
 * 16 at a time. When they are measured the program is ended: the rest would take four times as long again.
 *
 * <p>Source: DPDK's "Hash Library" and "EAL parameters"; the test's own output. Threads: one.
 */
final class DpdkHash {

    /** How many keys its tables have: three quarters of 2<sup>19</sup>. */
    static final int KEYS = 393_216;

    private static final String PROGRAM = "dpdk-test";
    private static final String TEST = "hash_perf_autotest";
    /** A 5-tuple of IPv4, filled up. */
    private static final int KEY_BYTES4 = 16;
    /** A 5-tuple of IPv6, filled up. */
    private static final int KEY_BYTES6 = 40;
    /** All its tables at once, and its keys. Unit: MB. */
    private static final int MEMORY_MB = 256;
    /** Add, look-up, look-up in bulk (the figure), delete. */
    private static final String ROW = "\\n%d +\\d+ +\\d+ +(\\d+) +\\d+ *\\n";
    private static final String FIGURES = "(?s)Without locks.*?PRIMARY LOCATION.*?8-byte data.*?Without pre-computed.*?" + ROW
            + ".*?With pre-computed.*?" + ROW;

    private final DpdkProgram program;
    private final Pattern figures;

    DpdkHash(final int cpu, final boolean ipv6) {
        this.program = new DpdkProgram(PROGRAM, cpu, MEMORY_MB);
        this.figures = figures(keyBytes(ipv6));
    }

    /** Refuses a machine without it. */
    static void require() {
        DpdkProgram.require(PROGRAM);
    }

    /** Bytes of a key. */
    static int keyBytes(final boolean ipv6) {
        return ipv6 ? KEY_BYTES6 : KEY_BYTES4;
    }

    /** What its memory is made of: huge pages where the machine has set enough of them aside. */
    boolean hugePages() {
        return program.hugePages();
    }

    /** Fills and looks up. */
    Lookups run() {
        final DpdkProgram.Output output = program.test(TEST, figures);
        final long[] ticks = ticks(output.text(), figures);
        return new Lookups(output.ns(ticks[0]), ticks[0], output.ns(ticks[1]), ticks[1]);
    }

    /** Where the figures of keys of so many bytes are. */
    static Pattern figures(final int keyBytes) {
        return Pattern.compile(String.format(Locale.ROOT, FIGURES, keyBytes, keyBytes));
    }

    /** The figures: with the hash reckoned during the look-up, and reckoned before; null where they are not all there yet. */
    static long[] ticks(final String text, final Pattern figures) {
        final Matcher matcher = figures.matcher(text);
        return matcher.find() ? new long[] {Long.parseLong(matcher.group(1)), Long.parseLong(matcher.group(2))} : null;
    }

    /**
     * Its figures of a look-up.
     *
     * @param ns          with its hash
     * @param ticks       the same
     * @param hashedNs    without: it was reckoned before
     * @param hashedTicks the same
     */
    record Lookups(double ns, double ticks, double hashedNs, double hashedTicks) {
    }
}
