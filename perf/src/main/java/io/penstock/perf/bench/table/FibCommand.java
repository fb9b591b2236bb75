package io.penstock.perf.bench.table;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.demo.DemoException;
import io.penstock.dataplane.hot.pipeline.Batch;
import io.penstock.os.sys.SysException;
import io.penstock.perf.bench.measure.BenchException;
import io.penstock.perf.bench.measure.LookupRuns;
import io.penstock.perf.bench.measure.Options;
import io.penstock.perf.fib.RouteSet;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bench fib}: the forwarding table's look-ups alone. */
@Command(
        name = "fib",
        description = {
            "Measure the forwarding table's look-ups alone, or beside those of DPDK's.",
            "",
            "The routes are made up, with prefixes as long as the Internet's; the addresses are uniform over the routes. Before "
                + "anything is measured, answers are compared with those of a plain longest-prefix match. With several "
                + "numbers of routes each is measured in a JVM of its own."},
        sortOptions = false,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done", "1:failed, or an answer was wrong", "2:usage, or the peer is not installed"})
public final class FibCommand implements Callable<Integer> {

    private static final int MAX_ADDRESSES = 1 << 24;

    @Spec
    private CommandSpec spec;

    @Option(names = {"-h", "--help"}, usageHelp = true, description = "Show this help.")
    private boolean help;

    @Option(names = "--routes", paramLabel = "N", split = ",", description = "Routes in the table, one number or several, such as "
            + "1,1000,1000000. At most 1000000, with --ipv6 200000. Default: 1,1000,100000 and the most.")
    private List<Integer> routes;

    @Option(names = "--ipv6", description = "IPv6 routes instead of IPv4's.")
    private boolean ipv6;

    @Option(names = "--against", paramLabel = "PEER", defaultValue = "none",
            description = "none, or dpdk: dpdk-test-fib with the same routes and addresses, run by run in turn (default: none). It "
                + "gets huge pages where the machine has set enough aside (vm.nr_hugepages); the result says which it had.")
    private String against;

    @Option(names = "--addresses", paramLabel = "N", defaultValue = "1048576",
            description = "Addresses to look up, a multiple of 64 (default ${DEFAULT-VALUE}).")
    private int addresses;

    @Mixin
    private LookupRuns measured;

    @Override
    public Integer call() {
        final int most = ipv6 ? RouteSet.MAX_ROUTES6 : RouteSet.MAX_ROUTES4;
        final List<Integer> counts = routes == null ? List.of(1, 1_000, 100_000, most) : routes;
        counts.forEach(count -> Options.check(spec, "--routes", count, 1, most));
        Options.check(spec, "--addresses", addresses, Batch.CAPACITY, MAX_ADDRESSES);
        if (addresses % Batch.CAPACITY != 0) {
            throw Options.usage(spec, "--addresses=" + addresses + " is no multiple of " + Batch.CAPACITY
                    + ", the size of a batch; give " + (addresses - addresses % Batch.CAPACITY));
        }
        measured.check(spec);
        final boolean dpdk = LookupRuns.isDpdk(spec, against);
        final PrintWriter err = spec.commandLine().getErr();
        try {
            if (dpdk) {
                DpdkFib.require();
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
        final FibResult result =
                new FibBench(new FibOptions(count, ipv6, addresses, measured.runs(), measured.seconds(), measured.cpu(), dpdk)).measure();
        return measured.isJson() ? result.json() + '\n' : result.text();
    }

    private String several(final List<Integer> counts, final PrintWriter err) {
        final FibTable table = FibTable.measure(spec.commandLine().getParseResult().originalArgs(), counts, err);
        return measured.isJson() ? table.json() + '\n' : table.text();
    }
}
