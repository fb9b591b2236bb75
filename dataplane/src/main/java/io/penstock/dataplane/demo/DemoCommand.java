package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.pcap.PcapException;
import io.penstock.dataplane.replay.ReplayException;
import io.penstock.os.sys.SysException;
import java.io.PrintWriter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: shows the data plane at work on real traffic, or, where there is no right to that, on captures; and leaves the
 * machine as it was, also after Ctrl-C.
 */
@Command(
        name = "demo",
        description = {
            "Send real traffic from real sockets through a data plane, and account for every packet.",
            "",
            "Needs root, to make network namespaces. Without, what the hosts of 'forward' would send goes through 'replay', from "
                + "captures to captures, and the summary says so."},
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done, all traffic arrived intact", "1:failed", "2:usage"})
public final class DemoCommand implements Callable<Integer> {

    private static final String FORWARD = "forward";
    private static final String BALANCER = "balancer";
    private static final List<String> SCENARIOS = List.of(FORWARD, BALANCER);

    /** Below, a connection has not left its slow start; above, nobody watches. */
    private static final double MIN_SECONDS = 0.5;
    private static final double MAX_SECONDS = 3_600;

    /** Enough for a steady rate, short enough to be watched. */
    private static final double DEFAULT_SECONDS = 4;

    /** The same where servers die and come: less leaves no second in which nothing happens. */
    private static final double MIN_BALANCER_SECONDS = 6;
    private static final double DEFAULT_BALANCER_SECONDS = 12;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "SCENARIO", defaultValue = FORWARD,
            description = {"forward: two hosts talk through a router (the default).",
                "balancer: clients of a virtual service, whose servers die, come and go."})
    private String scenario;

    @Option(names = "--json", description = "Print one JSON object instead of the summary.")
    private boolean json;

    @Option(names = "--keep", description = "Leave the network namespaces, or the captures, and say how to remove them.")
    private boolean keep;

    @Option(names = "--seconds", paramLabel = "S", description = "How long to send between namespaces (default: 4; balancer: 12).")
    private Double seconds;

    private final List<String> penstock;
    private final Supplier<Optional<Obstacle>> obstacles;

    /** The command as a user starts it: the data plane is this same program. */
    public DemoCommand() {
        this(null, Obstacle::find);
    }

    /**
     * A command that starts its data plane by another command line.
     *
     * @param penstock  that command line; null means this program's own
     * @param obstacles finds what keeps it from making namespaces
     */
    DemoCommand(final List<String> penstock, final Supplier<Optional<Obstacle>> obstacles) {
        this.penstock = penstock;
        this.obstacles = obstacles;
    }

    @Override
    public Integer call() {
        if (!SCENARIOS.contains(scenario)) {
            throw new ParameterException(
                    spec.commandLine(), "no such scenario: scenario=" + scenario + "; supported: " + String.join(", ", SCENARIOS));
        }
        final boolean balancer = scenario.equals(BALANCER);
        final double least = balancer ? MIN_BALANCER_SECONDS : MIN_SECONDS;
        if (seconds != null && !(seconds >= least && seconds <= MAX_SECONDS)) {
            throw new ParameterException(spec.commandLine(),
                    "--seconds=" + seconds + " is out of range; give " + least + " to " + MAX_SECONDS);
        }
        final PrintWriter err = spec.commandLine().getErr();
        final Optional<Obstacle> obstacle = obstacles.get();
        try {
            if (balancer) {
                return obstacle.isPresent() ? refuse(obstacle.get(), err) : balance(err);
            }
            return obstacle.isPresent() ? replay(obstacle.get(), err) : demonstrate(err);
        } catch (final DemoException | ReplayException | PcapException | SysException e) {
            if (!CleanUp.isInterrupted()) {
                err.println(e.getMessage());
            }
            return ExitCode.FAILED;
        }
    }

    private int demonstrate(final PrintWriter err) {
        final DemoNetwork network = DemoNetwork.create();
        // Asking the JVM for its command line takes long; every command of the program makes this object, few use it.
        final DataPlaneProcess dataPlane = new DataPlaneProcess(
                network.dut(), penstock == null ? PenstockCommand.ofThisProcess() : penstock);
        try (CleanUp _ = new CleanUp(err, () -> {
            // The data plane first: it lives in one of the namespaces.
            dataPlane.close();
            if (keep) {
                err.println("kept the namespaces; remove them with: " + network.removal());
            } else {
                network.close();
            }
        })) {
            return print(new ForwardDemo(network, dataPlane, seconds == null ? DEFAULT_SECONDS : seconds, err).run(), err);
        }
    }

    private int balance(final PrintWriter err) {
        final BalancerNetwork network = new BalancerNetwork();
        final HeardLines heard = new HeardLines();
        final DataPlaneProcess dataPlane = new DataPlaneProcess(
                network.dut(), penstock == null ? PenstockCommand.ofThisProcess() : penstock, heard);
        final DemoFolder folder = DemoFolder.create();
        try (CleanUp _ = new CleanUp(err, () -> {
            dataPlane.close();
            folder.close();
            if (keep) {
                err.println("kept the namespaces; remove them with: " + network.removal());
            } else {
                network.close();
            }
        })) {
            return print(new BalancerDemo(network, dataPlane, heard, folder.path(), seconds == null ? DEFAULT_BALANCER_SECONDS : seconds, err)
                    .run(), err);
        }
    }

    /** Captures hold no client that would notice, and no server that could die. */
    private static int refuse(final Obstacle obstacle, final PrintWriter err) {
        err.println(obstacle.what() + ": the balancer's scenario is live clients and servers in network namespaces, which a replay has not; "
                + "the real thing: " + obstacle.remedy(BALANCER));
        err.flush();
        return ExitCode.FAILED;
    }

    private int replay(final Obstacle obstacle, final PrintWriter err) {
        if (seconds != null) {
            err.println("--seconds is for traffic between namespaces: a replay takes as long as it takes");
        }
        final DemoFolder folder = DemoFolder.create();
        final ReplayDemo demo = new ReplayDemo(folder.path(), ReplayDemo.SEGMENTS);
        try (CleanUp _ = new CleanUp(err, () -> {
            if (keep) {
                err.println("kept the captures; replay them again with: " + demo.command());
                err.println("remove them with: rm -r " + folder.path());
            } else {
                folder.close();
            }
        })) {
            err.println("writing what two hosts would send to captures in " + folder.path() + ", and replaying it");
            err.flush();
            return print(demo.run(obstacle), err);
        }
    }

    private int print(final Report report, final PrintWriter err) {
        final PrintWriter out = spec.commandLine().getOut();
        if (json) {
            out.println(report.json());
        } else {
            final Screen screen = new Screen(Screen.areColoursWanted(System.getenv(), isTerminal()));
            report.show(screen);
            out.print(screen);
        }
        out.flush();
        report.faults().forEach(err::println);
        err.flush();
        return report.faults().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private static boolean isTerminal() {
        return System.console() != null && System.console().isTerminal();
    }
}
