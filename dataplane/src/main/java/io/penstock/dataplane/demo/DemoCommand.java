package io.penstock.dataplane.demo;

import io.penstock.dataplane.cli.ExitCode;
import io.penstock.os.sys.SysException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code demo}: shows the data plane at work on real traffic, and leaves the machine as it was, also after Ctrl-C.
 */
@Command(
        name = "demo",
        description = "Send real traffic from real sockets through a data plane, and account for every packet.",
        mixinStandardHelpOptions = true,
        exitCodeOnInvalidInput = ExitCode.USAGE,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:done, all traffic arrived intact", "1:failed", "2:usage"})
public final class DemoCommand implements Callable<Integer> {

    private static final String FORWARD = "forward";

    /** Below, a connection has not left its slow start; above, nobody watches. */
    private static final double MIN_SECONDS = 0.5;
    private static final double MAX_SECONDS = 3_600;

    @Spec
    private CommandSpec spec;

    @Parameters(index = "0", arity = "0..1", paramLabel = "SCENARIO", defaultValue = FORWARD,
            description = "forward: two hosts talk through a router (the default).")
    private String scenario;

    @Option(names = "--json", description = "Print one JSON object instead of the summary.")
    private boolean json;

    @Option(names = "--keep", description = "Leave the network namespaces, and say how to remove them.")
    private boolean keep;

    @Option(names = "--seconds", paramLabel = "S", defaultValue = "4", description = "How long to send (default: 4).")
    private double seconds;

    private final List<String> penstock;

    /** The command as a user starts it: the data plane is this same program. */
    public DemoCommand() {
        this(null);
    }

    /** A command that starts its data plane by another command line; null means this program's own. */
    DemoCommand(final List<String> penstock) {
        this.penstock = penstock;
    }

    @Override
    public Integer call() {
        if (!scenario.equals(FORWARD)) {
            throw new ParameterException(spec.commandLine(), "no such scenario: scenario=" + scenario + "; supported: " + FORWARD);
        }
        if (!(seconds >= MIN_SECONDS && seconds <= MAX_SECONDS)) {
            throw new ParameterException(spec.commandLine(),
                    "--seconds=" + seconds + " is out of range; give " + MIN_SECONDS + " to " + MAX_SECONDS);
        }
        final PrintWriter err = spec.commandLine().getErr();
        if (!"root".equals(System.getProperty("user.name"))) {
            err.println("demo needs root, to make network namespaces and load an XDP program; run 'sudo penstock demo'");
            return ExitCode.FAILED;
        }
        if (!Programs.exist("ip")) {
            err.println("demo needs the program ip, to make network namespaces; run 'apt install iproute2'");
            return ExitCode.FAILED;
        }
        try {
            return demonstrate(err);
        } catch (final DemoException | SysException e) {
            err.println(e.getMessage());
            return ExitCode.FAILED;
        }
    }

    private int demonstrate(final PrintWriter err) {
        final DemoNetwork network = DemoNetwork.create();
        // Asking the JVM for its command line takes long; every command of the program makes this object, few use it.
        final DataPlaneProcess dataPlane = new DataPlaneProcess(
                network.dut(), penstock == null ? PenstockCommand.ofThisProcess() : penstock);
        // The data plane first: it lives in one of the namespaces.
        final Thread cleanUp = Thread.ofPlatform().name("demo-clean-up").unstarted(() -> {
            dataPlane.close();
            if (!keep) {
                network.close();
            }
        });
        Runtime.getRuntime().addShutdownHook(cleanUp);
        try {
            final DemoReport report = new ForwardDemo(network, dataPlane, seconds, err).run();
            final PrintWriter out = spec.commandLine().getOut();
            out.println(json ? report.json() : report.screen().stripTrailing());
            out.flush();
            report.faults().forEach(err::println);
            return report.faults().isEmpty() ? ExitCode.DONE : ExitCode.FAILED;
        } finally {
            dataPlane.close();
            if (keep) {
                err.println("kept the namespaces; remove them with: " + network.removal());
            } else {
                network.close();
            }
        }
    }
}
