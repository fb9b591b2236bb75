package io.penstock.perf.bench.table;

import io.penstock.os.netlink.IpAddress;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.DpdkProgram;
import io.penstock.perf.fib.RouteSet;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * The look-ups of DPDK's FIB library by its own test program: it fills a table from a file (DIR24-8 for IPv4, the trie for
 * IPv6; entries of four bytes), looks each address of another file up once, 64 at a time, and prints the average in ticks of
 * the time stamp counter. Reading that counter twice for each 64 is in its figure: a tick or two.
 *
 * <p>Source: DPDK's "FIB Library" and "EAL parameters"; the program's own usage text. Threads: one.
 */
final class DpdkFib {

    private static final String PROGRAM = "dpdk-test-fib";
    private static final Pattern LOOKUP = Pattern.compile("AVG FIB lookup ([0-9.]+)");
    /** The root of either table, and what every DPDK program takes. Unit: MB. */
    private static final int BASE_MB = 640;
    /** Its list of prefixes has two nodes for each that might come, and twice as many might come as do. */
    private static final int BYTES_PER_ROUTE = 1536;
    /** An IPv6 prefix sets a table aside for each byte behind its 24th bit; few are longer than 48 bits. */
    private static final int TABLES_PER_ROUTE6 = 4;
    private static final int SPARE_TABLES = 1024;
    /** DPDK's own limit with entries of four bytes. */
    private static final int MAX_TABLES = (1 << 21) - 1;
    private static final int KILOBYTES_PER_MB = 1024;

    private final Path folder;
    private final RouteSet routes;
    private final DpdkProgram program;

    /** Writes the routes and addresses to files in a folder. */
    DpdkFib(final Path folder, final RouteSet routes, final long[] addresses, final int cpu) {
        this.folder = folder;
        this.routes = routes;
        this.program = new DpdkProgram(PROGRAM, cpu, memoryMb());
        try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("routes"))) {
            for (int route = 0; route < routes.count(); route++) {
                out.write(text(routes.network(route), 0) + '/' + routes.length(route) + ' ' + (RouteSet.nextHop(route) + 1) + '\n');
            }
        } catch (final IOException e) {
            throw cannotWrite(e);
        }
        try (BufferedWriter out = Files.newBufferedWriter(folder.resolve("addresses"))) {
            for (final long address : addresses) {
                out.write(text(address, 0) + '\n');
            }
        } catch (final IOException e) {
            throw cannotWrite(e);
        }
    }

    /** Refuses a machine without it. */
    static void require() {
        DpdkProgram.require(PROGRAM);
    }

    /** What its memory is made of: huge pages where the machine has set enough of them aside. */
    boolean hugePages() {
        return program.hugePages();
    }

    /** Fills and looks up once; the nanoseconds and ticks of a look-up. {@code vector} asks for AVX-512. */
    Lookup run(final boolean vector) {
        final List<String> arguments = new ArrayList<>(List.of("-f", folder.resolve("routes").toString(), "-t",
                folder.resolve("addresses").toString(), "-g", Integer.toString(tables()), "-v",
                vector ? "v" : routes.ipv6() ? "s" : "s1"));
        if (routes.ipv6()) {
            arguments.add("-6");
        }
        final DpdkProgram.Output output = program.run(arguments);
        final double ticks = output.number(LOOKUP);
        return new Lookup(output.ns(ticks), ticks);
    }

    private int tables() {
        return routes.ipv6() ? Math.min(MAX_TABLES, routes.count() * TABLES_PER_ROUTE6 + SPARE_TABLES) : SPARE_TABLES;
    }

    private int memoryMb() {
        return BASE_MB + (int) ((long) routes.count() * BYTES_PER_ROUTE >> 20) + tables() / KILOBYTES_PER_MB;
    }

    private String text(final long address, final long low) {
        return (routes.ipv6() ? IpAddress.v6(address, low) : IpAddress.v4((int) address)).toString();
    }

    private static BenchException cannotWrite(final IOException e) {
        return new BenchException("the peer's routes cannot be written: " + e.getMessage() + "; free space in "
                + System.getProperty("java.io.tmpdir"));
    }

    /** One of its figures. */
    record Lookup(double ns, double ticks) {
    }
}
