package io.penstock.perf.bench.table;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.LookupRuns;
import io.penstock.perf.bench.measure.Options;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench connections}: the connection table's look-ups alone. */
@Command(
        name = "connections",
        description = {
            "Measure the connection table's look-ups alone, or beside those of DPDK's hash table.",
            "",
            "Tuples are random, and looked up in random order and of either direction, in batches as the data plane does it and one after another. Before "
                + "anything is measured, answers are compared with what was put in. With several numbers of connections each is measured "
                + "in a JVM of its own. How fast packets of connections are forwarded tells 'bench engine --connections'."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or an answer was wrong", "2:usage, or the peer is not installed"})
public final class ConnTableCommand implements Callable<Integer> {

    /** Of 192 or 256 bytes each, in 4 GiB and more. */
    private static final int MAX_CONNECTIONS = 1 << 24;
    private static final List<Integer> DEFAULT_CONNECTIONS = List.of(16_384, DpdkHash.KEYS, 1_000_000);

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--connections", paramLabel = "N", split = ",", description = "Connections in the table, one number or several, such as "
            + "1000,10000000. At most 16777216. Default: 16384,393216,1000000.")
    private List<Integer> connections;

    @Option(names = "--ipv6", description = "IPv6 connections instead of IPv4's.")
    private boolean ipv6;

    @Option(names = "--against", paramLabel = "PEER", defaultValue = "none",
            description = "none, or dpdk: the hash_perf_autotest of dpdk-test, run by run in turn, beside 393216 connections, which are as many as "
                + "its tables have keys (default: none). It gets huge pages where the machine has set enough aside (vm.nr_hugepages); the "
                + "result says which it had, and what is the same and what not. A run of it takes a quarter of a minute or more.")
    private String against;

    @Mixin
    private LookupRuns measured;

    @Override
    public Integer call() {
        final List<Integer> counts = connections == null ? DEFAULT_CONNECTIONS : connections;
        counts.forEach(count -> Options.check(spec, "--connections", count, 1, MAX_CONNECTIONS));
        measured.check(spec);
        final boolean dpdk = LookupRuns.isDpdk(spec, against);
        if (dpdk && !counts.contains(DpdkHash.KEYS)) {
            throw Options.usage(spec, "the peer's tables have " + DpdkHash.KEYS + " keys, and none of --connections is that; add "
                    + DpdkHash.KEYS + " or leave --against out");
        }
        final PrintWriter err = spec.commandLine().getErr();
        try {
            if (dpdk) {
                DpdkHash.require();
            }
            Options.print(spec, counts.size() == 1 ? one(counts.getFirst(), dpdk) : several(counts, err));
            return ExitCode.DONE;
        } catch (final BenchException e) {
            err.println(e.getMessage());
            return e.exitCode();
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private String one(final int count, final boolean dpdk) {
        final ConnTableResult result = new ConnTableBench(new ConnTableOptions(count, ipv6, measured.runs(), measured.seconds(), measured.cpu(), dpdk)).measure();
        return measured.isJson() ? result.json() + '\n' : result.text();
    }

    private String several(final List<Integer> counts, final PrintWriter err) {
        final ConnTableRows table = ConnTableRows.measure(spec.commandLine().getParseResult().originalArgs(), counts, ipv6, err);
        return measured.isJson() ? table.json() + '\n' : table.text();
    }
}
