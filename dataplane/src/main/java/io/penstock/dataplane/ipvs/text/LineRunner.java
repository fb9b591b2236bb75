package io.penstock.dataplane.ipvs.text;

import io.penstock.dataplane.ipvs.model.Forwarding;
import io.penstock.dataplane.ipvs.model.ServiceProblem;
import io.penstock.dataplane.ipvs.model.ServiceSpec;
import io.penstock.dataplane.ipvs.model.ServiceState;
import io.penstock.dataplane.ipvs.model.ServiceStore;
import io.penstock.os.getopt.ToolExit;
import io.penstock.rules.api.Names;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Runs lines of words. A line that is wrong ends the command; one that the store refuses does not: the lines after it are done, and the
 * last one's outcome is the exit status.
 *
 * <p>All lines of a file are read, and the hosts in them looked up, before the first is done: the store does not wait for either.
 */
final class LineRunner {

    private static final Set<Option> NOT_OF_SERVICES = EnumSet.of(Option.CONNECTION, Option.TIMEOUT, Option.DAEMON);
    private static final Set<Option> COUNTS = EnumSet.of(Option.STATS, Option.RATE, Option.THRESHOLDS);
    private static final Set<Option> TUNNELS =
            EnumSet.of(Option.TUN_TYPE, Option.TUN_PORT, Option.TUN_NOCSUM, Option.TUN_CSUM, Option.TUN_REMCSUM);

    private final ServiceStore store;
    private final Names names;
    private final InputStream in;
    private final Console console;
    private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
    private final ByteArrayOutputStream complained = new ByteArrayOutputStream();
    private final LineReader reader;
    private boolean isRestoring;

    LineRunner(final ServiceStore store, final Names names, final InputStream in, final Console console) {
        this.store = store;
        this.names = names;
        this.in = in;
        this.console = console;
        final Console held = new Console(new PrintStream(printed, false, StandardCharsets.ISO_8859_1),
                new PrintStream(complained, false, StandardCharsets.ISO_8859_1));
        this.reader = new LineReader(held, names, new HelpText(store.schedulers()));
    }

    /**
     * A line that has been read.
     *
     * @param said      what it says; null if it is wrong
     * @param printed   what reading it printed
     * @param complaint what is wrong
     * @param exit      the end of the command; null if it goes on
     */
    private record Line(Said said, String printed, String complaint, ToolExit exit) {
    }

    private Line read(final List<String> words) {
        printed.reset();
        complained.reset();
        Said said = null;
        ToolExit end = null;
        try {
            said = reader.read(words);
        } catch (final ToolExit exit) {
            end = exit;
        }
        return new Line(said, printed.toString(StandardCharsets.ISO_8859_1), complained.toString(StandardCharsets.ISO_8859_1), end);
    }

    /** Runs a line; the exit status. */
    int run(final List<String> words) {
        return run(read(words));
    }

    private int run(final Line line) {
        console.print(line.printed());
        console.complain(line.complaint());
        if (line.exit() != null) {
            throw line.exit();
        }
        final Said said = line.said();
        if (said == null) {
            return Console.FAILED;
        }
        refuse(said.command.problem(said.options));
        switch (said.command) {
            case ADD_SERVICE, EDIT_SERVICE -> checkService(said);
            case ADD_SERVER, EDIT_SERVER -> checkServer(said);
            default -> { }
        }
        return switch (said.command) {
            case LIST -> list(said);
            case SAVE -> save(said.options);
            case RESTORE -> restore(false);
            case START_DAEMON, STOP_DAEMON -> {
                console.add("--" + (said.command == Command.START_DAEMON ? "start" : "stop")
                        + "-daemon is not supported: connections are not synchronized with other hosts");
                yield Console.FAILED;
            }
            default -> change(said);
        };
    }

    private void refuse(final String problem) {
        if (problem != null) {
            throw console.wrong(problem);
        }
    }

    private void checkService(final Said said) {
        if (said.mark == 0 && said.port == 0 && said.persistenceSeconds == 0) {
            throw console.wrong("Zero port specified for non-persistent service");
        }
        if ((said.flags & ServiceSpec.ONE_PACKET) != 0 && said.mark == 0 && said.protocol != Protocols.UDP) {
            throw console.wrong("One-Packet Scheduling is only for UDP virtual services");
        }
        if (said.maskBits < 0) {
            final ToolExit exit = console.wrong(LineReader.WRONG_MASK);
            console.add("mask=" + said.mask + " is not ones and then zeros; give the mask of a prefix");
            throw exit;
        }
        if (said.scheduler.isEmpty()) {
            said.scheduler = FlagReader.DEFAULT_SCHEDULER;
        }
    }

    private void checkServer(final Said said) {
        final boolean isTunnel = said.method == Forwarding.TUNNEL;
        if (said.mark == 0 && (isTunnel || said.method == Forwarding.ROUTE)) {
            said.serverPort = said.port;
        }
        if (said.server.family() != said.family && !isTunnel) {
            throw console.wrong("Different address family is allowed only for tunneling servers");
        }
        if (hasAny(said, TUNNELS) && !isTunnel) {
            throw console.wrong("Tunnel options conflict with forward method");
        }
        refuse(Legality.problem(said.tunnelKind, said.options));
    }

    private static boolean hasAny(final Said said, final Set<Option> options) {
        return !Collections.disjoint(said.options, options);
    }

    private int change(final Said said) {
        final Request request = switch (said.command) {
            case ADD_SERVICE -> Request.ADD_SERVICE;
            case EDIT_SERVICE -> Request.EDIT_SERVICE;
            case DELETE_SERVICE -> Request.DELETE_SERVICE;
            case ADD_SERVER -> Request.ADD_SERVER;
            case EDIT_SERVER -> Request.EDIT_SERVER;
            case DELETE_SERVER -> Request.DELETE_SERVER;
            case SET -> Request.SET_TIMEOUTS;
            default -> Request.ZERO;
        };
        try {
            switch (said.command) {
                case ADD_SERVICE -> {
                    store.addService(said.serviceKey(), said.serviceSpec());
                    console.add(isRestoring ? null : store.advice(said.serviceKey()));
                }
                case EDIT_SERVICE -> store.editService(said.serviceKey(), said.serviceSpec());
                case DELETE_SERVICE -> store.deleteService(said.serviceKey());
                case ADD_SERVER -> store.addServer(said.serviceKey(), said.serverKey(), said.serverSpec());
                case EDIT_SERVER -> store.editServer(said.serviceKey(), said.serverKey(), said.serverSpec());
                case DELETE_SERVER -> store.deleteServer(said.serviceKey(), said.serverKey());
                case FLUSH -> store.flush();
                case SET -> store.setTimeouts(said.timeouts);
                default -> store.zero(said.hasService() ? said.serviceKey() : null);
            }
            return 0;
        } catch (final ServiceProblem problem) {
            console.tell(request.refusal(problem.kind()));
            console.add(problem.getMessage());
            return Console.FAILED;
        }
    }

    private int list(final Said said) {
        final boolean isBeside = said.has(Option.TIMEOUT) || said.has(Option.DAEMON);
        if (hasAny(said, NOT_OF_SERVICES) && hasAny(said, COUNTS) || isBeside && said.has(Option.PERSISTENT_CONN)) {
            throw console.wrong("options conflicts in the list command");
        }
        final HostNames shown = new HostNames(names, said.has(Option.NUMERIC));
        if (said.has(Option.CONNECTION)) {
            new ConnectionListing(console, shown, said.has(Option.PERSISTENT_CONN)).print(store);
        } else if (said.has(Option.SERVICE)) {
            listOne(said, new Listing(console, shown, said.options));
        } else if (said.has(Option.TIMEOUT)) {
            console.print("Timeout (tcp tcpfin udp): " + store.timeouts().tcp() + " " + store.timeouts().tcpFin() + " "
                    + store.timeouts().udp() + "\n");
        } else if (!said.has(Option.DAEMON)) {
            listAll(said.options);
        }
        return 0;
    }

    private void listOne(final Said said, final Listing listing) {
        final Optional<ServiceState> service = store.service(said.serviceKey());
        if (service.isEmpty()) {
            console.tell(Request.GET_SERVICE.refusal(ServiceProblem.Kind.NO_SERVICE));
            throw new ToolExit(Console.UNSEEN);
        }
        listing.title();
        listing.print(service.get());
    }

    /** Lists all services. */
    int listAll(final Set<Option> options) {
        console.print("IP Virtual Server version " + HelpText.IPVS_VERSION + " (size=" + store.tableSize() + ")\n");
        final Listing listing = new Listing(console, new HostNames(names, options.contains(Option.NUMERIC)), options);
        final List<ServiceState> services = store.services();
        listing.title();
        (options.contains(Option.NOSORT) ? services : ToolOrder.services(services)).forEach(listing::print);
        return 0;
    }

    /** Prints all services as lines that restore them. */
    int save(final Set<Option> options) {
        final SaveText text = new SaveText(console, new HostNames(names, options.contains(Option.NUMERIC)));
        ToolOrder.services(store.saved()).forEach(text::print);
        return 0;
    }

    /** Runs the lines of the input; {@code isNew} to remove all services before. */
    int restore(final boolean isNew) {
        if (isRestoring) {
            throw console.noCommand();
        }
        isRestoring = true;
        final List<Line> lines = readLines();
        final int[] status = new int[1];
        final ToolExit[] end = new ToolExit[1];
        store.together(() -> {
            if (isNew) {
                store.flush();
            }
            try {
                lines.forEach(line -> status[0] = run(line));
            } catch (final ToolExit exit) {
                // What came before it is published as it is without a wrong line.
                end[0] = exit;
            }
        });
        if (end[0] != null) {
            throw end[0];
        }
        return status[0];
    }

    /** All lines of the input, or those to the one that ends the command. */
    private List<Line> readLines() {
        final LineFile file = new LineFile(in);
        final List<Line> lines = new ArrayList<>();
        try {
            for (List<String> words = file.next(); words != null; words = file.next()) {
                if (!words.isEmpty()) {
                    lines.add(read(words));
                    if (lines.getLast().exit() != null) {
                        break;
                    }
                }
            }
        } catch (final IOException problem) {
            throw new UncheckedIOException(problem);
        }
        return lines;
    }
}
