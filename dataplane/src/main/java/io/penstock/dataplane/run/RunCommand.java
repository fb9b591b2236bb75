package io.penstock.dataplane.run;

import io.penstock.dataplane.api.HookException;
import io.penstock.dataplane.cli.ExitCode;
import io.penstock.dataplane.config.Configuration;
import io.penstock.dataplane.config.ConfigurationBuilder;
import io.penstock.dataplane.config.ConfigurationException;
import io.penstock.dataplane.config.Literals;
import io.penstock.dataplane.config.PortConfig;
import io.penstock.dataplane.config.WorkersConfig;
import io.penstock.dataplane.control.ControlException;
import io.penstock.dataplane.control.HalfReloadException;
import io.penstock.dataplane.control.RulesException;
import io.penstock.dataplane.control.TableFiles;
import io.penstock.dataplane.metrics.CounterFileException;
import io.penstock.os.netns.NetNs;
import io.penstock.os.sys.Errno;
import io.penstock.os.sys.SysException;
import io.penstock.os.xdp.XskException;
import io.penstock.rules.model.TableRefusal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code penstock run}: the data plane, in the foreground, in the network namespace that it is started in. */
@Command(
        name = "run",
        description = "Runs the data plane in the foreground, in the network namespace that it is started in. Prints "
                + "'ready' when every worker polls. SIGTERM and SIGINT detach and end it; SIGHUP reads the configuration "
                + "and the files of sets, rules and services again.",
        mixinStandardHelpOptions = true,
        sortOptions = false)
public final class RunCommand implements Callable<Integer> {

    /** How long taking down may last after a signal. Unit: ms; the programs are detached in the first of them. */
    private static final long SHUTDOWN_MS = 10_000;

    @Spec
    private CommandSpec spec;

    @Option(names = "--config", paramLabel = "FILE", description = "The configuration file (YAML).")
    private Path config;

    @Option(names = "--port", paramLabel = "DEV", description = "A Linux interface to serve; may be repeated. "
            + "NETNS/DEV with several --netns.")
    private List<String> ports = new ArrayList<>();

    @Option(names = "--cpus", paramLabel = "LIST", converter = CpuList.class,
            description = "CPUs of the workers, such as 1-3,5. Default: one worker on the highest CPU.")
    private CpuSet cpus;

    @Option(names = "--rules", paramLabel = "FILE", description = "IPv4 rules as iptables-save prints them.")
    private Path rules4;

    @Option(names = "--rules6", paramLabel = "FILE", description = "IPv6 rules as ip6tables-save prints them.")
    private Path rules6;

    @Option(names = "--sets", paramLabel = "FILE", description = "IP sets as 'ipset save' prints them.")
    private Path sets;

    @Option(names = "--services", paramLabel = "FILE", description = "Virtual services as 'ipvsadm -S' prints them.")
    private Path services;

    @Option(names = "--attach", paramLabel = "MODE", description = "auto, native or generic XDP, or packet: AF_PACKET.")
    private String attach;

    @Option(names = "--copy", paramLabel = "MODE", description = "auto, zero or copy.")
    private String copy;

    @Option(names = "--idle", paramLabel = "MODE", description = "spin or adaptive.")
    private String idle;

    @Option(names = "--hook-jar", paramLabel = "JAR", description = "A jar with hook modules, or with matches and targets "
            + "for rules; may be repeated.")
    private List<Path> hookJars = new ArrayList<>();

    @Option(names = "--netns", paramLabel = "NAME", description = "The network namespace to serve instead of the own; "
            + "may be repeated, and one process serves all.")
    private List<String> netns = new ArrayList<>();

    @Option(names = "--socket", paramLabel = "PATH",
            description = "Where this instance is found. Default: /run/penstock/NETNS.sock or PENSTOCK_SOCKET.")
    private Path socket;

    @Override
    public Integer call() {
        checkNetns();
        if (config == null && ports.isEmpty()) {
            throw usage("no port is named; give --port DEV, or --config FILE with ports");
        }
        final Configuration configuration;
        try {
            configuration = configuration();
        } catch (final ConfigurationException e) {
            return failed(ExitCode.CONFIGURATION_REFUSED, e.getMessage());
        }
        try {
            if (netns.size() == 1) {
                NetNs.enter(netns.getFirst());
            }
            return serve(configuration);
        } catch (final SysException e) {
            final boolean denied = e.errno() == Errno.EPERM || e.errno() == Errno.EACCES;
            return failed(ExitCode.FAILED, denied && !e.getMessage().contains("root")
                    ? e.getMessage() + "; run as root, or see 'penstock doctor'" : e.getMessage());
        } catch (final RulesException e) {
            return failed(ExitCode.CONFIGURATION_REFUSED, e.getMessage());
        } catch (final RunException | XskException | CounterFileException | HookException | ControlException e) {
            return failed(ExitCode.FAILED, e.getMessage());
        }
    }

    private void checkNetns() {
        if (new HashSet<>(netns).size() < netns.size()) {
            throw usage("--netns names a network namespace twice: " + String.join(", ", netns));
        }
        final String environment = System.getenv("PENSTOCK_SOCKET");
        if (netns.size() > 1 && (socket != null || environment != null && !environment.isEmpty())) {
            throw usage((socket != null ? "--socket" : "PENSTOCK_SOCKET")
                    + " names one place and --netns several network namespaces; leave it out, each has a place of its own");
        }
    }

    private int serve(final Configuration configuration) {
        if (!configuration.network().isEmpty()) {
            return failed(ExitCode.CONFIGURATION_REFUSED, "network: is for replay and bench, where no kernel supplies it; "
                    + "on live ports set addresses, routes and neighbours with 'ip'");
        }
        // Files of rules, which are read next, may name what is in them.
        final HookJars jars = HookJars.open(hookJars);
        final CountDownLatch up = new CountDownLatch(1);
        final CountDownLatch down = new CountDownLatch(1);
        try (DataPlane dataPlane = netns.size() > 1
                ? new DataPlane(configuration, netns, System.err) : new DataPlane(configuration, socket, System.err)) {
            final Thread hook = new Thread(() -> shutDown(dataPlane, down), "shutdown");
            Runtime.getRuntime().addShutdownHook(hook);
            Signals.on("HUP", () -> reload(configuration, dataPlane, up));
            jars.register(dataPlane.hooks());
            dataPlane.start();
            up.countDown();
            System.out.println("ready");
            System.out.flush();
            dataPlane.runControl();
        } finally {
            down.countDown();
        }
        return ExitCode.DONE;
    }

    /** Ends the control loop, waits until everything is taken down, and ends the process as a success. */
    private static void shutDown(final DataPlane dataPlane, final CountDownLatch down) {
        if (down.getCount() == 0) {
            return;
        }
        dataPlane.stop();
        try {
            if (down.await(SHUTDOWN_MS, TimeUnit.MILLISECONDS)) {
                Runtime.getRuntime().halt(dataPlane.framesAccountedFor() ? ExitCode.DONE : ExitCode.FAILED);
            }
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Runtime.getRuntime().halt(ExitCode.FAILED);
    }

    /** On a thread of each signal's: the later one reads the files when the earlier one's are in force. */
    private synchronized void reload(final Configuration running, final DataPlane dataPlane, final CountDownLatch up) {
        try {
            // What comes while it starts is done when it has.
            up.await();
            final Configuration wanted = configuration();
            final boolean unchanged = wanted.withFiles(running).equals(running);
            dataPlane.reloadRules(TableFiles.of(wanted));
            final String rules = files(wanted.sets(), wanted.rules4(), wanted.rules6());
            final String services = files(wanted.services());
            System.err.println("penstock: reload: " + (unchanged ? "the configuration is what runs already"
                    : "the configuration has changed; ports, workers and modes take effect at a restart, and nothing of it was "
                    + "changed") + (rules.isEmpty() ? "" : "; rules are in force as of now: " + rules)
                    + (services.isEmpty() ? "" : "; services are what this file says as of now: " + services));
        } catch (final ConfigurationException e) {
            System.err.println("penstock: reload refused, the old configuration runs on: " + e.getMessage());
        } catch (final RulesException e) {
            System.err.println("penstock: reload refused, the old rules and services stay in force: " + e.getMessage());
        } catch (final HalfReloadException e) {
            System.err.println("penstock: reload failed half way: " + e.getMessage());
        } catch (final TableRefusal | HookException | SysException | IllegalStateException e) {
            System.err.println("penstock: reload failed: " + e.getMessage());
        } catch (final InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String files(final Path... names) {
        return Stream.of(names).filter(Objects::nonNull).map(Path::toString).collect(Collectors.joining(", "));
    }

    private Configuration configuration() {
        final ConfigurationBuilder builder = new ConfigurationBuilder().netns(netns);
        if (config != null) {
            builder.file(config);
        }
        ports.forEach(builder::port);
        return builder
                .attach(word("--attach", attach, PortConfig.Attach.class))
                .copy(word("--copy", copy, PortConfig.Copy.class))
                .idle(word("--idle", idle, WorkersConfig.Idle.class))
                .cpus(cpus == null ? null : cpus.cpus)
                .rules4(rules4)
                .rules6(rules6)
                .sets(sets)
                .services(services)
                .kernelsNetwork()
                .build();
    }

    private <E extends Enum<E>> E word(final String option, final String value, final Class<E> type) {
        if (value == null) {
            return null;
        }
        for (final E constant : type.getEnumConstants()) {
            if (constant.name().toLowerCase(Locale.ROOT).equals(value)) {
                return constant;
            }
        }
        final List<String> words = new ArrayList<>();
        for (final E constant : type.getEnumConstants()) {
            words.add(constant.name().toLowerCase(Locale.ROOT));
        }
        throw usage(option + " " + value + " is unknown; supported are " + String.join(", ", words));
    }

    private ParameterException usage(final String message) {
        return new ParameterException(spec.commandLine(), message);
    }

    private static int failed(final int exitCode, final String message) {
        System.err.println("penstock: " + message);
        return exitCode;
    }

    private record CpuSet(List<Integer> cpus) {
    }

    /** {@code 1-3,5}. */
    static final class CpuList implements ITypeConverter<CpuSet> {

        @Override
        public CpuSet convert(final String value) {
            try {
                return new CpuSet(Literals.cpus(value));
            } catch (final IllegalArgumentException e) {
                throw new TypeConversionException(e.getMessage());
            }
        }
    }
}
